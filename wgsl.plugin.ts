import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declaredIn, shortNames } from './wgsl.names.ts';
import { templateOf } from './wgsl.template.ts';

/** What makes kernels easy to read, and no different; and what takes its place where nobody reads them. */
const READABLE = inWgsl('readable');
const MINIFIED = inWgsl('minified');

/** The pieces that the library joins, and the folders of the code that joins them. */
const PIECES = fileURLToPath(new URL('shaders/', import.meta.url));
const COMPOSERS = ['wgsl', 'rows', 'select', 'product', 'map'].map((name) =>
  fileURLToPath(new URL(`src/${name}/`, import.meta.url)),
);

/**
 * Plugin for Vite, Vitest and tsdown (anything that takes Rollup's): importing `shader.wgsl` gives
 * its text as the default export, a piece of the library below a line with its name. With `minify` the
 * text loses its comments and spare white space, and a piece is a function that gives it
 * (`src/wgsl/minified.ts`), in which what pieces declare has short names.
 */
export function wgsl({ minify = false }: { minify?: boolean } = {}) {
  const small = minify ? minifier() : undefined;
  return {
    name: 'wgsl',
    async load(id: string) {
      const [path = ''] = id.split('?', 1);
      if (minify && path === READABLE) {
        const code = `export * from ${JSON.stringify(MINIFIED)};`;
        return { code, map: null, moduleType: 'js' as const };
      }
      if (!path.endsWith('.wgsl')) return null;
      const source = await readFile(path, 'utf8');
      const code = resolve(path).startsWith(PIECES)
        ? (small?.(source).template ?? JSON.stringify(named(source, path)))
        : JSON.stringify(minify ? minifyWgsl(source) : source);
      return { code: `export default ${code};`, map: null, moduleType: 'js' as const };
    },
    renderChunk(code: string) {
      const pieces = minify ? code.match(PIECE) : null;
      if (!pieces) return null;
      // Functions are known in all of a chunk; text is compressed better apart from code, and a folder together.
      const moved = code.replace(PIECE, '') + pieces.sort().join('');
      return { code: withShortConstants(moved), map: null };
    },
  };
}

/** A piece of WGSL in a chunk. */
const PIECE = /\/\/#region .*\.wgsl\nfunction [\s\S]*?\/\/#endregion\n/g;

/**
 * A chunk in which constants that both WGSL and the code that composes it name have names of two or
 * three signs, the same ones in every chunk. Those that code puts together from parts stay.
 */
function withShortConstants(code: string): string {
  const wordsOf = (texts: string[]) => texts.flatMap((text) => text.match(CONSTANT) ?? []);
  const composed = new Set(wordsOf(COMPOSERS.flatMap((folder) => textsIn(folder, '.ts'))));
  const both = [...new Set(wordsOf(textsIn(PIECES, '.wgsl')))].filter((name) => composed.has(name));
  const short = new Map(both.map((name, i) => [name, `_${i.toString(36)}`]));
  return code.replace(CONSTANT, (name) => short.get(name) ?? name);
}

const CONSTANT = /\b(?!READS_|WRITES_|PADDING_)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;

/** A module of `src/wgsl`. */
function inWgsl(name: string): string {
  return fileURLToPath(new URL(`src/wgsl/${name}.ts`, import.meta.url));
}

/** What a piece says at its top of names that it provides and requires: kernels show those themselves. */
const HEADER = /^(?:\/\/ (?:provides|requires):.*\n(?:\/\/ {3}.*\n)*)*(?:\/\/\n)?/;

/** A piece's text below the line by which `emit` knows its name. */
function named(source: string, path: string): string {
  const name = relative(PIECES, resolve(path)).replaceAll(sep, '/');
  return `//@ shaders/${name}\n${source.replace(HEADER, '')}`;
}

interface Minified {
  readonly text: string;
  /** The code of a function that gives it. */
  readonly template: string;
}

/** What makes a piece small. */
export function minifier(): (source: string) => Minified {
  const pieces = textsIn(PIECES, '.wgsl').map(minifyWgsl);
  const words = COMPOSERS.flatMap((folder) => textsIn(folder, '.ts')).flatMap(
    (code) => code.match(/[A-Za-z_]\w*/g) ?? [],
  );
  const shorten = shortNames(pieces, new Set(words));
  const declared = new Set(pieces.flatMap(declaredIn));
  return (source) => {
    const text = shorten(minifyWgsl(source));
    return { text, template: templateOf(text, declared) };
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
 * White space stays, as one blank, between two words (`let x`) and between operators that would
 * be another one together (`a - -b` is not `a--b`). Vectors and matrices get the names that WGSL declares for
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
    const pair = (text[at - 1] ?? '') + (text[at + blanks.length] ?? '');
    return WORDS.test(pair) || OPERATOR.test(pair) ? ' ' : '';
  });
}

const WORDS = /^[^-+*/%&|^~!<>={}()[\];:,@]{2}$/;
const OPERATOR = /^([-+&|<>/])\1$|^[-+*/%&|^!<>=]=$|^->$|^\/\*$/;

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
