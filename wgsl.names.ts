import { localsOf } from './src/wgsl/text.ts';

/**
 * Short names for pieces of WGSL that are joined later, in any selection: one table for all of them,
 * fixed by their text. Code that joins them writes some of what they declare; that stays, and so do
 * members (uniforms, swizzles) and whatever no piece declares.
 *
 * @param pieces without comments and spare white space.
 * @param kept what other code writes: names, or beginnings of them that end in `_`.
 * @returns what gives a piece its short names.
 */
export function shortNames(
  pieces: readonly string[],
  kept: ReadonlySet<string>,
): (piece: string) => string {
  const declared = new Set(pieces.flatMap(declaredIn));
  // A piece for a role is instantiated by another end of its names, which therefore stays.
  const stems = [...declared].flatMap((name) => INSTANTIATED.exec(name)?.[1] ?? []);
  const longestFirst = [...new Set(stems)].sort((a, b) => b.length - a.length);
  const stemOf = (name: string) =>
    longestFirst.find((stem) => name === stem || name.startsWith(`${stem}_`)) ?? name;

  const uses = new Map<string, number>();
  const staying = new Set<string>();
  const count = (name: string) => {
    const stem = stemOf(name);
    const isOurs = declared.has(name) || stems.includes(stem);
    if (!isOurs || [name, stem, `${stem}_`].some((word) => kept.has(word))) staying.add(name);
    else uses.set(stem, (uses.get(stem) ?? 0) + 1);
    return name;
  };
  for (const part of pieces.flatMap(partsOf)) renamed(part, count);
  // Names that are written by other code in one place, and not in another.
  for (const name of staying) uses.delete(stemOf(name));

  const free = (first: string) => namesFrom(first).filter((name) => !staying.has(name));
  // Module scope has capitals, functions have small letters: neither can hide the other.
  const [ofModule, ofFunction] = [free(CAPITALS), free(SMALL)];
  const mostUsed = [...uses.keys()].sort((a, b) => uses.get(b)! - uses.get(a)!);
  const short = new Map(mostUsed.map((stem, i) => [stem, ofModule[i]!]));
  const ofModuleScope = (name: string) => {
    const stem = stemOf(name);
    return (short.get(stem) ?? stem) + name.slice(stem.length);
  };
  return (piece) =>
    partsOf(piece)
      .map((part) => renamed(part, ofModuleScope, ofFunction))
      .join('');
}

/** Ends of names that the composer replaces: see `Instance` in src/wgsl/piece.ts. */
const INSTANTIATED = /^(\w+)_(?:data|STEP|SQUARE)$/;

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const CAPITALS = SMALL.toUpperCase();

/** Names of one sign, then of two. No word of WGSL begins as those of two do. */
const namesFrom = (first: string) => [
  ...first,
  ...Array.from(first).flatMap((a) => Array.from(`0123456789${CAPITALS}`, (b) => a + b)),
];

/** What a piece declares at module scope, but for its entry point. */
export function declaredIn(piece: string): string[] {
  const declarations = /\b(?:fn|alias|const|struct|var(?:<[^>]*>)?) ?([A-Za-z_]\w*)/g;
  return partsOf(piece)
    .flatMap(({ text, isFunction }) => [
      ...(isFunction ? text.slice(0, text.indexOf('(')) : text).matchAll(declarations),
    ])
    .map((found) => found[1]!)
    .filter((name) => name !== 'main');
}

/** A function, or what is between two. */
export interface Part {
  readonly text: string;
  readonly isFunction: boolean;
  /** What it declares, in order: parameters first. */
  readonly locals: readonly string[];
}

/** WGSL without comments, cut into its functions and what is between them. */
export function partsOf(source: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { index } of source.matchAll(/(?<!\w)fn /g)) {
    const between = source.slice(at, index);
    at = source.indexOf('{', index) + 1;
    for (let depth = 1; depth > 0; at++) {
      if (at >= source.length) throw new Error('partsOf: a function does not end');
      if (source[at] === '{') depth += 1;
      if (source[at] === '}') depth -= 1;
    }
    const text = source.slice(index, at);
    parts.push({ text: between, isFunction: false, locals: [] });
    parts.push({ text, isFunction: true, locals: localsOf(text) });
  }
  return [...parts, { text: source.slice(at), isFunction: false, locals: [] }];
}

/** No member, attribute or built-in value, and not in a number. */
const NAME = /(?<![\w.@]|@builtin\()[A-Za-z_]\w*/g;

/** A part with other names. Members that a struct declares stay, as they do where they are used. */
function renamed(
  { text, locals }: Part,
  ofModuleScope: (name: string) => string,
  ofFunction: readonly string[] = locals,
): string {
  return text.replace(NAME, (name, at: number) => {
    const local = locals.indexOf(name);
    if (local >= 0) return ofFunction[local]!;
    const isMember = /^[{,]/.test(text[at - 1] ?? '') && text[at + name.length] === ':';
    return isMember ? name : ofModuleScope(name);
  });
}
