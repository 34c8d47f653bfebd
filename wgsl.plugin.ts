import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortNames } from './wgsl.names.ts';

/** What makes kernels easy to read, and no different; and what takes its place where nobody reads them. */
const READABLE = ['readable', 'tidy'].map(inWgsl);
const MINIFIED = inWgsl('minified');

/** The pieces that the library joins, and the folders of the code that joins them. */
const PIECES = fileURLToPath(new URL('shaders/', import.meta.url));
const COMPOSERS = ['wgsl', 'rows', 'select', 'product', 'map'].map((name) =>
  fileURLToPath(new URL(`src/${name}/`, import.meta.url)),
);

/**
 * Plugin for Vite, Vitest and tsdown (anything that takes Rollup's): importing `shader.wgsl` gives
 * its text as the default export, below a line with the name of a piece. With `minify` the text loses
 * that line, its comments and spare white space, what the library's pieces declare has short names, and
 * kernels are just joined (`src/wgsl/minified.ts`).
 */
export function wgsl({ minify = false }: { minify?: boolean } = {}) {
  const small = minify ? minifier() : named;
  return {
    name: 'wgsl',
    async load(id: string) {
      const [path = ''] = id.split('?', 1);
      if (minify && READABLE.includes(path)) {
        const code = `export * from ${JSON.stringify(MINIFIED)};`;
        return { code, map: null, moduleType: 'js' as const };
      }
      if (!path.endsWith('.wgsl')) return null;
      const text = JSON.stringify(small(await readFile(path, 'utf8'), path));
      return { code: `export default ${text};`, map: null, moduleType: 'js' as const };
    },
  };
}

/** A module of `src/wgsl`. */
function inWgsl(name: string): string {
  return fileURLToPath(new URL(`src/wgsl/${name}.ts`, import.meta.url));
}

/** What a piece says at its top of names that it provides and requires: kernels show those themselves. */
const HEADER = /^(?:\/\/ (?:provides|requires):.*\n(?:\/\/ {3}.*\n)*)*(?:\/\/\n)?/;

/** A piece's text below the line by which `emit` knows its name. */
function named(source: string, path: string): string {
  const full = resolve(path);
  if (!full.startsWith(PIECES)) return source;
  const name = relative(PIECES, full).replaceAll(sep, '/');
  return `//@ shaders/${name}\n${source.replace(HEADER, '')}`;
}

/** What makes WGSL small, by its text and its file. */
export function minifier(): (source: string, path: string) => string {
  const pieces = textsIn(PIECES, '.wgsl').map(minifyWgsl);
  const words = COMPOSERS.flatMap((folder) => textsIn(folder, '.ts')).flatMap(
    (code) => code.match(/[A-Za-z_]\w*/g) ?? [],
  );
  const shorten = shortNames(pieces, new Set(words));
  return (source, path) => {
    const text = minifyWgsl(source);
    return resolve(path).startsWith(PIECES) ? shorten(text) : text;
  };
}

/** The files of a folder, whose comments are left out: they name what code does not. */
function textsIn(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .sort()
    .map((path) =>
      readFileSync(join(folder, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    );
}

/**
 * WGSL without comments and without the white space between tokens that stay apart by themselves.
 * White space stays, as one blank, between two words (`let x`) and between two operators
 * (`a - -b` is not `a--b`). Vectors and matrices get the names that WGSL declares for
 * them: `vec4<u32>` is `vec4u`. WGSL has no string literals, so nothing else can be in the way.
 *
 * @throws Error if a block comment does not end.
 */
export function minifyWgsl(source: string): string {
  const code = stripComments(source).replace(
    VECTOR,
    (_, shape: string, type: keyof typeof LETTERS) => shape + LETTERS[type],
  );
  return code.replace(BLANKS, (blanks, at: number, text: string) => {
    const before = kindOf(text[at - 1]);
    const after = kindOf(text[at + blanks.length]);
    return before === after && before !== 'separator' ? ' ' : '';
  });
}

const VECTOR = /\b(vec[234]|mat[234]x[234])\s*<\s*(f32|i32|u32|f16)\s*>/g;
const LETTERS = { f32: 'f', i32: 'i', u32: 'u', f16: 'h' } as const;

const BLANKS = /[ \t\n\v\f\r\u0085\u200e\u200f\u2028\u2029]+/g;

/** Puts a blank in place of every comment. Block comments nest, and hide `//`. */
function stripComments(source: string): string {
  const outside = /\/\/[^\n\v\f\r\u0085\u2028\u2029]*|\/\*/g;
  const inside = /\/\*|\*\//g;
  let code = '';
  let depth = 0;
  let at = 0;
  for (;;) {
    const mark = depth === 0 ? outside : inside;
    mark.lastIndex = at;
    const found = mark.exec(source);
    if (depth === 0) code += source.slice(at, found?.index);
    if (!found && depth > 0) throw new Error('minifyWgsl: a block comment does not end');
    if (!found) return code;
    if (depth === 0) code += ' ';
    if (found[0] === '/*') depth += 1;
    if (found[0] === '*/') depth -= 1;
    at = mark.lastIndex;
  }
}

function kindOf(character: string | undefined): 'separator' | 'operator' | 'word' {
  if (character === undefined || '{}()[];:,@'.includes(character)) return 'separator';
  return '+-*/%&|^~!<>='.includes(character) ? 'operator' : 'word';
}
