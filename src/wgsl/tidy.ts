/**
 * Files are written for every kernel that may want them. What one kernel makes no use of is taken out
 * here, so that its code is what a person would write for it alone. Names are not overloaded, and
 * arguments have no effects: what is not asked for need not be worked out.
 */

import { closing, codeOf, type Declaration } from './text';

/** A declaration, and which of the files it is in. */
export type Placed = Declaration & { readonly file: number };

type Rule = (declarations: readonly Placed[]) => readonly Placed[];

/** The declarations of a kernel, no two of one name. */
export function tidied(declarations: readonly Placed[]): readonly Placed[] {
  let tidy = withoutAliases(declarations);
  for (let before: unknown; before !== tidy; ) {
    before = tidy;
    for (const rule of rules) tidy = rule(tidy);
  }
  return tidy;
}

/** Declarations that stay as they are stay the same objects. */
const rewrite: (declarations: readonly Placed[], change: (text: string) => string) => Placed[] = (
  declarations,
  change,
) =>
  declarations.map((declaration) => {
    const text = change(declaration.text);
    return text === declaration.text ? declaration : { ...declaration, text };
  });

/** Other names for types. */
const withoutAliases: Rule = (declarations) => {
  const types = new Map<string, string>();
  for (const { text } of declarations) {
    const [, name, type] = /\balias (\w+) ?= ?([\w<>]+);/.exec(text) ?? [];
    if (name !== undefined) types.set(name, type!);
  }
  if (types.size === 0) return declarations;
  const typeOf = (name: string): string => (types.has(name) ? typeOf(types.get(name)!) : name);
  const names = new RegExp(`(?<![\\w.])(?:${[...types.keys()].join('|')})\\b`, 'g');
  return rewrite(
    declarations.filter(({ name }) => !types.has(name)),
    (text) => text.replace(names, typeOf),
  );
};

/** A name, but no member of that name. */
const word = (name: string) => new RegExp(`(?<![\\w.])${name}\\b`, 'g');

interface Fn {
  readonly declaration: Placed;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: string;
}

const known = new WeakMap<Placed, Fn | undefined>();

/** The functions, but for the entry point. */
const functionsOf = (declarations: readonly Placed[]): Fn[] =>
  declarations.flatMap((declaration) => {
    if (!known.has(declaration)) known.set(declaration, functionOf(declaration));
    return known.get(declaration) ?? [];
  });

function functionOf(declaration: Placed): Fn | undefined {
  const { name } = declaration;
  const text = codeOf(declaration.text);
  const open = text.indexOf('(');
  if (name === 'main' || !/\bfn /.test(text.slice(0, open))) return undefined;
  const close = closing(text, open);
  const parameters = split(text.slice(open + 1, close)).map((p) => p.split(':')[0]!.trim());
  const body = text.slice(text.indexOf('{', close) + 1, -1).trim();
  return { declaration, name, parameters, body };
}

/** What commas part that are in no brackets. */
function split(list: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    if ('({'.includes(list[at] ?? '-')) at = closing(list, at);
    if (at < list.length && list[at] !== ',') continue;
    if (list.slice(start, at).trim()) parts.push(list.slice(start, at).trim());
    start = at + 1;
  }
  return parts;
}

/** Functions that do nothing, and calls of them. */
const withoutEmpty: Rule = (declarations) => {
  const empty = functionsOf(declarations).filter(({ body }) => body === '');
  if (empty.length === 0) return declarations;
  const gone = empty.map(({ declaration }) => declaration);
  const calls = new RegExp(
    `[ \\t]*\\b(?:${empty.map(({ name }) => name).join('|')})\\([^;]*\\);\\n?`,
    'g',
  );
  return rewrite(
    declarations.filter((d) => !gone.includes(d)),
    (text) => text.replace(calls, ''),
  );
};

/** Functions that do no more than to call another with what they are given. */
const withoutForwarders: Rule = (declarations) => {
  const others = new Map<string, string>();
  for (const { name, parameters, body } of functionsOf(declarations)) {
    const [, other, args] = /^(?:return )?(\w+)\(([\w, ]*)\);$/.exec(body) ?? [];
    const isOurs = declarations.some((d) => d.name === other);
    if (isOurs && split(args!).join() === parameters.join()) others.set(name, other!);
  }
  if (others.size === 0) return declarations;
  const last = (name: string): string => (others.has(name) ? last(others.get(name)!) : name);
  const calls = new RegExp(`\\b(${[...others.keys()].join('|')})\\(`, 'g');
  return rewrite(
    declarations.filter(({ name }) => !others.has(name)),
    (text) => text.replace(calls, (_, name: string) => `${last(name)}(`),
  );
};

/** Parameters that a function does not look at. */
const withoutParameters: Rule = (declarations) => {
  let changed = declarations;
  for (const { name, parameters, body } of functionsOf(declarations)) {
    const keeps = parameters.map((parameter) => word(parameter).test(body));
    if (keeps.includes(false))
      changed = rewrite(changed, (text) => withArguments(text, name, keeps));
  }
  return changed;
};

/** A text in which a function has only these of its parameters, and its calls of their arguments. */
function withArguments(text: string, name: string, keeps: readonly boolean[]): string {
  if (!text.includes(`${name}(`)) return text;
  const heads = new RegExp(`\\b${name}\\(`, 'g');
  let code = text;
  for (let head = heads.exec(code); head; head = heads.exec(code)) {
    const open = heads.lastIndex;
    const close = closing(code, open - 1);
    const kept = split(code.slice(open, close)).filter((_, i) => keeps[i]);
    code = code.slice(0, open) + kept.join(', ') + code.slice(close);
  }
  return code;
}

/** Values that a function names and does not look at. */
const withoutValues: Rule = (declarations) => {
  const changed = rewrite(declarations, (text) => {
    if (!text.includes('let ')) return text;
    const code = codeOf(text);
    return text.replace(/[ \t]*\blet (\w+) ?= ?[^;]*;\n?/g, (statement, name: string) =>
      code.match(word(name))!.length > 1 ? statement : '',
    );
  });
  return changed.every((d, i) => d === declarations[i]) ? declarations : changed;
};

const rules = [withoutEmpty, withoutForwarders, withoutParameters, withoutValues];
