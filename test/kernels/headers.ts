/** What a file of WGSL says at its top of the names that it shares with others. */
import { declarationsIn } from '../../src/wgsl/readable';
import { codeOf, decided, namesIn } from '../../src/wgsl/text';

/** Roles that files written for `data` are instantiated for. */
export const ROLE = /_(?:x|v|y|mask|class_index|lse|dlse|loss_grad|norm|loss|total)$/;

/** The declarations of a text, those of both arms of a condition at module scope. */
function allIn(text: string) {
  const [, flag] = /^if \((\w+)\)/m.exec(text) ?? [];
  const both = flag ? [true, false].map((value) => decided(text, { [flag]: value })) : [text];
  return both.flatMap(declarationsIn);
}

/** The names at module scope that a text declares, in order. */
const declaredIn = (text: string): string[] => [...new Set(allIn(text).map(({ name }) => name))];

/** The names that a text uses, without members. */
function usedIn(text: string): Set<string> {
  const names = allIn(text).flatMap((declaration) => {
    const members = /\bstruct /.test(declaration.text) ? /^ *\w+:/gm : /(?!)/g;
    return namesIn(codeOf(declaration.text).replace(members, '').replace(/\.\w+/g, ''));
  });
  return new Set(names);
}

/** The headers of files, by path: what each provides for others, and requires of them. */
export function headersOf(files: ReadonlyMap<string, string>): Map<string, string> {
  const declared = new Map([...files].map(([path, text]) => [path, declaredIn(text)]));
  const used = new Map([...files].map(([path, text]) => [path, usedIn(text)]));
  /** A name as the file has it that is written for any role. */
  const inFiles = new Set([...declared.values()].flat());
  const general = (name: string) =>
    !inFiles.has(name) && inFiles.has(name.replace(ROLE, '_data'))
      ? name.replace(ROLE, '_data')
      : name;
  return new Map(
    [...files].map(([path, text]) => {
      const own = declared.get(path)!;
      const others = new Set(
        [...used].flatMap(([other, names]) =>
          [...names].map(general).filter((name) => !declared.get(other)!.includes(name)),
        ),
      );
      // What the file does not use itself is there for others, if it be for code that is composed.
      const calls = (name: string) =>
        (codeOf(text).match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length;
      const provides = own.filter((name) => others.has(name) || calls(name) < 2);
      const requires = [...used.get(path)!].filter(
        (name) => !own.includes(name) && inFiles.has(general(name)),
      );
      return [path, line('provides', provides) + line('requires', requires)];
    }),
  );
}

const WIDTH = 96;

/** A line of a header, or several. */
function line(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const lines = [`// ${what}:`];
  for (const [i, name] of names.entries()) {
    const word = ` ${name}${i < names.length - 1 ? ',' : ''}`;
    if ((lines.at(-1) + word).length > WIDTH) lines.push('//  ');
    lines[lines.length - 1] += word;
  }
  return `${lines.join('\n')}\n`;
}

/** The header that a file has. */
export const headerOf = (text: string): string =>
  /^(?:\/\/ (?:provides|requires):.*\n(?:\/\/ {3}.*\n)*)*/.exec(text)![0];
