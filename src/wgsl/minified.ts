/**
 * In place of `readable.ts` and `tidy.ts` where shaders are minified, of which nobody reads a kernel:
 * files have no comments, no names, and no white space but around what `src` writes itself.
 */

import type { Placed, SourceFile } from './readable';
import { DECLARED } from './text';

/** Where a declaration begins. Functions declare no constants. */
const BEGINNING = /(?<=[;}]\s*)(?=@|(?:fn|alias|const|struct) |var<)/;

export function fileOf(text: string): SourceFile {
  const declarations = text.split(BEGINNING).flatMap((whole) => {
    const name = DECLARED.exec(whole)?.[1];
    return name ? [{ name, text: whole, note: '', follows: true }] : [];
  });
  return { name: '', declarations };
}

export const laidOut = (_: unknown, declarations: readonly Placed[]): readonly string[] =>
  declarations.map(({ text }) => text);

export const tidied = (declarations: readonly Placed[]): readonly Placed[] => declarations;
