/** Mutants: changes of single lines, each with the nearest test that must notice it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Mutant {
  /** The file that is changed, by its path from the project's root. */
  readonly file: string;
  /** Text that occurs in the file once; a text, not a line's number, survives edits elsewhere. */
  readonly was: string;
  readonly is: string;
  /**
   * The test that must fail: its file, and its name as Vitest prints it (the titles of its
   * `describe`s before its own, with a blank between them) or the end of that name.
   */
  readonly test: readonly [file: string, name: string];
}

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @throws Error unless the mutant's text occurs once; the message says how often. */
export function mutated({ file, was, is }: Mutant, source: string): string {
  const times = source.split(was).length - 1;
  if (times !== 1)
    throw new Error(`${file}: ${JSON.stringify(was)} occurs ${times} times, not once`);
  // A function, for `$&` has a meaning in a text.
  return source.replace(was, () => is);
}

/** Why a mutant no longer applies to the sources, if it does not. */
export function staleness(mutant: Mutant): string | undefined {
  const [file, name] = mutant.test;
  try {
    mutated(mutant, readFileSync(ROOT + mutant.file, 'utf8'));
    const page = ROOT + file.replace('.test.ts', '.page.ts');
    const titles = [
      ...titlesIn(readFileSync(ROOT + file, 'utf8'), TITLE),
      ...(existsSync(page) ? titlesIn(readFileSync(page, 'utf8'), KEY) : []),
    ];
    if (!titles.some((title) => title.test(name))) return `${file} has no test '${name}'`;
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Matches a title, between the call that takes it and the callback of the test. */
const TITLE =
  /(?:\b(?:test|describe)|\))\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1,\s*(?:async\s*)?(?:\(|\w+ =>)/g;
/** Matches the title of a test that a page module exports, in its record of them. */
const KEY = /^ {2}(['"])((?:(?!\1).)*)\1:/gm;
/** What `each` and template literals replace. */
const REPLACED = /%[a-z#]|\\?\$\\?\{[^}]*\\?\}|\\?\$\w+/g;

/** The titles in a source, as they are at the end of a test's name. */
const titlesIn = (source: string, pattern: RegExp) =>
  Array.from(source.matchAll(pattern), ([, , title = '']) => {
    const text = title.replace(/\\(.)/g, '$1');
    return new RegExp(`(^| )${escaped(text).replace(REPLACED, '.*')}$`);
  });

export const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
