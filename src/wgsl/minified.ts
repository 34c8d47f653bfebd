/**
 * In place of `readable.ts` where shaders are minified, so that no kernel is read: the build makes
 * of each file a function of constants and of its role (`wgsl.template.ts`), which gives its text.
 */

import type { Piece } from './piece';
import { type Constants, DECLARED, reachedFrom } from './text';

type Template = (constants: Constants, role?: string, data?: string) => string;

/** Where a declaration begins. Functions declare no constants. */
const BEGINNING = /(?<=[;}]\s*)(?=@|(?:fn|alias|const|struct) |var<)/;

export function join(sources: readonly Piece[], constants: Constants, bindings: string): string {
  const texts = new Map(
    Object.entries(constants).map(([name, value]) => [name, `const ${name}=${value};`]),
  );
  for (const text of sources.flatMap((piece) => textOf(piece, constants).split(BEGINNING))) {
    const name = DECLARED.exec(text)?.[1];
    if (name && !texts.has(name)) texts.set(name, text);
  }
  const wordsIn = (text: string) => text.match(/\w+/g) ?? [];
  const reached = reachedFrom(
    ['main', ...wordsIn(bindings)],
    new Map([...texts].map(([name, text]) => [name, wordsIn(text)])),
  );
  return [...texts].flatMap(([name, text]) => (reached.has(name) ? [text] : [])).join('\n');
}

function textOf(piece: Piece, constants: Constants): string {
  if (typeof piece === 'object') {
    const { source, role, data, constants: own } = piece;
    return (source as unknown as Template)({ ...constants, ...own }, role, data);
  }
  // Code that `src` writes is text.
  return typeof piece === 'string' ? piece : (piece as Template)(constants);
}
