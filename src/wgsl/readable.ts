/**
 * WGSL as somebody reads it: files with comments and white space, and kernels in which each part stands
 * under the name of its file. `minified.ts` takes its place where shaders are minified.
 */

import type { Piece } from './piece';
import { type Constants, closing, codeOf, DECLARED, decided, namesIn, reachedFrom } from './text';
import { tidied } from './tidy';

/**
 * What `main` and the bindings reach of files and constants, each part under the name of its file.
 *
 * @param types types of the uniforms that are not u32, where the kernel is tidied.
 */
export function join(
  sources: readonly Piece[],
  constants: Constants,
  bindings: string,
  types: Readonly<Record<string, unknown>> | undefined,
): string {
  const files = sources.map((piece) => fileOf(textOf(piece, constants)));
  const names = new Set<string>();
  const placed = files.flatMap(({ declarations }, file) =>
    declarations
      // The first of a name counts.
      .filter(({ name }) => !names.has(name) && names.add(name))
      .map((declaration): Placed => ({ ...declaration, file })),
  );
  const values = Object.entries(constants).map(([name, value]) => ({
    name,
    text: `const ${name} = ${value};`,
  }));
  const reachedIn = (declarations: readonly Placed[]) =>
    reachedFrom(
      ['main', ...namesIn(bindings)],
      new Map([...values, ...declarations].map(({ name, text }) => [name, namesIn(text)])),
    );
  const some = reachedIn(placed);
  const joined = placed.filter(({ name }) => some.has(name));
  const tidy = types ? tidied(joined, types) : joined;
  const reached = reachedIn(tidy);
  const isReached = ({ name }: { readonly name: string }) => reached.has(name);
  return [
    '',
    ...values.filter(isReached).map(({ text }) => text),
    '',
    ...laidOut(files, tidy.filter(isReached)),
  ].join('\n');
}

/** A file's text, for its role if it has one, with the conditions decided that constants decide. */
function textOf(piece: Piece, constants: Constants): string {
  if (typeof piece === 'string') return decided(piece, constants);
  const { source, role, data, constants: own } = piece;
  const text = source
    .replace(/^\/\/@.*/, `$& for ${role}`)
    .replace(/\bPADDING_DATA\b/g, `PADDING_${role.toUpperCase()}`)
    .replace(/\b(?:data|STEP)\b/g, data)
    .replace(/_(?:data|STEP|SQUARE)\b/g, `_${role}`);
  return decided(text, { ...constants, ...own });
}

/** A declaration at module scope. */
export interface Declaration {
  readonly name: string;
  /** With the comment above it. */
  readonly text: string;
  /** Comments above that, set apart by a blank line: what a file says of itself. */
  readonly note: string;
  /** Whether it is on the line after the declaration before it. */
  readonly follows: boolean;
}

/** A file's name, if it says it, and its declarations. */
interface SourceFile {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

/** A declaration, and which of the files it is in. */
export type Placed = Declaration & { readonly file: number };

/** A file whose first line may be its name, `//@ shaders/lanes/workgroup.wgsl`. */
function fileOf(text: string): SourceFile {
  const [line = '', name = ''] = /^\/\/@ (.*)\n/.exec(text) ?? [];
  // No blank lines where something was at the start or the end of a block.
  const code = text
    .slice(line.length)
    .replace(/\{\n\s*\n/g, '{\n')
    .replace(/\n\s*\n(?= *\})/g, '\n');
  return { name, declarations: declarationsIn(code) };
}

/** The declarations of a file, in their order. */
export function declarationsIn(text: string): Declaration[] {
  const declarations: Declaration[] = [];
  let start = 0;
  for (let end = endOf(text, 0); end > 0; end = endOf(text, start)) {
    const whole = text.slice(start, end).trim();
    const name = DECLARED.exec(codeOf(whole))?.[1];
    if (name === undefined) throw new Error(`WGSL declares nothing in '${whole}'`);
    const comments = /^(?:\/\/.*\n|\n)*/.exec(whole)![0];
    const apart = comments.lastIndexOf('\n\n') + 1;
    declarations.push({
      name,
      text: whole.slice(apart).trimStart(),
      note: whole.slice(0, apart),
      follows: start > 0 && !/^\s*\n\s*\n/.test(text.slice(start, end)),
    });
    start = end;
  }
  return declarations;
}

/** Where the declaration from `start` on ends, a comment on its last line included; 0 if there is none. */
function endOf(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('//', at)) at = lineEnd(text, at);
    const sign = text[at];
    if (sign === '(' || sign === '{') at = closing(text, at);
    if (sign !== ';' && sign !== '{') continue;
    const rest = text.slice(at + 1, lineEnd(text, at));
    return at + 1 + (/^[ \t]*\/\//.test(rest) ? rest.length : 0);
  }
  return 0;
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** Declarations of files as texts, those of a file together under its name. */
function laidOut(files: readonly SourceFile[], declarations: readonly Placed[]): readonly string[] {
  return sections(files.map(({ name }) => name)).flatMap(({ title, members }) => {
    const own = declarations.filter(({ file }) => members.includes(file));
    if (own.length === 0) return [];
    // What the file says of itself stands above its first declaration, which may have gone.
    const { note: about = '' } = files[members[0]!]!.declarations[0] ?? {};
    const body = own
      .map(({ text, follows }, i) => {
        // A variable of each role stands with those of the others.
        const isNext = follows || (i > 0 && isAgain(own[i - 1]!, own[i]!));
        return `${i > 0 ? (isNext ? '\n' : '\n\n') : ''}${text}`;
      })
      .join('');
    const head = title && `// ---- ${title} ${'-'.repeat(Math.max(4, 92 - title.length))}\n`;
    return `${head}${about && `${about}\n`}${body}\n`;
  });
}

/** Whether a declaration is a variable of another role than the one before it. */
const isAgain = (before: Placed, { name, text }: Placed): boolean => {
  const stem = (of: string) => of.slice(0, of.lastIndexOf('_'));
  return /^var</.test(text) && /^var</.test(before.text) && stem(before.name) === stem(name);
};

/** Files by name, those for several roles together; a file without a name stands alone. */
function sections(names: readonly string[]) {
  const found = new Map<string, number[]>();
  names.forEach((name, i) => {
    const file = name === '' ? `${i}` : name.split(' for ')[0]!;
    found.set(file, [...(found.get(file) ?? []), i]);
  });
  return [...found.values()].map((members) => {
    const [file, first] = names[members[0]!]!.split(' for ');
    const whom = members.map((i) => names[i]!.split(' for ')[1]);
    return { title: first ? `${file} for ${whom.join(', ')}` : file!, members };
  });
}
