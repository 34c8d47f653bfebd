/** The examples of the documentation, as programs: fenced blocks of `ts`, and what they print. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import * as library from '../../src/index';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Example {
  /** `src/ops/softmax.ts:9`, or the file alone where all its blocks are one program. */
  readonly name: string;
  readonly code: string;
  /** What its comments say is printed, in order. */
  readonly prints: readonly string[];
}

/** A fence, the lines in it, and the same fence; in a docstring each line starts with `*`. */
const FENCED = /^( *\* |)```ts\n(.*?)\n\1```$/gms;

interface Block {
  readonly line: number;
  readonly code: string;
}

function blocksOf(path: string): Block[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
  return [...text.matchAll(FENCED)].map(({ index, 1: margin = '', 2: code = '' }) => {
    const start = margin.trimEnd();
    const lines = code
      .split('\n')
      .map((l) => l.slice(l.startsWith(margin) ? margin.length : start.length));
    return { line: text.slice(0, index).split('\n').length, code: lines.join('\n') };
  });
}

/** `console.log(…); // 0.5, 0.5` says what it prints. */
const PRINTED = /^ *console\.log\(.*\); \/\/ (.*)$/gm;

const example = (name: string, code: string): Example => ({
  name,
  code,
  prints: [...code.matchAll(PRINTED)].map(([, text]) => text!),
});

/** The library's functions that code calls or names, imported; nothing if it imports them itself. */
function importsOf(code: string): string {
  const used = Object.keys(library).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const isSaid = /from 'webgpu-softmax/.test(code);
  return isSaid ? '' : `import { ${used.join(', ')} } from 'webgpu-softmax';\n`;
}

/** Each block of a source file: a docstring's example stands alone, and functions are imported for it. */
const ofSource = (path: string): Example[] =>
  blocksOf(path).map(({ line, code }) => example(`${path}:${line}`, importsOf(code) + code));

/** A page is read from its top, so what one block declares the next one has. */
function ofPage(path: string): Example[] {
  const blocks = blocksOf(path);
  return blocks.length > 0 ? [example(path, blocks.map(({ code }) => code).join('\n'))] : [];
}

/** Files under a folder with an ending, by their paths from the project's root. */
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .sort();

export const examples: readonly Example[] = [
  ...['README.md', ...filesIn('docs/guides', '.md')].flatMap(ofPage),
  ...filesIn('src', '.ts').flatMap(ofSource),
];

const needsEngine = ({ code }: Example) => !code.includes('createEngine(');

/** The example as a file of TypeScript, for the compiler to check. */
export const typedProgram = (one: Example): string =>
  needsEngine(one)
    ? `import type { Engine } from 'webgpu-softmax';\ndeclare const engine: Engine;\n${one.code}\nexport {};\n`
    : `${one.code}\nexport {};\n`;

/**
 * The example as a module of JavaScript, which exports what was printed.
 *
 * @param url of the server that has the sources.
 */
export function runnableProgram(one: Example, url: string): string {
  const printer = `${url}/test/docs/printed.page.ts`;
  const head = [
    `import { show } from '${printer}';`,
    'export const printed = [];',
    'const console = { log: (...values) => printed.push(show(values)) };',
    ...(needsEngine(one) ? [`import { engine } from '${printer}';`] : []),
  ];
  const { outputText } = ts.transpileModule(one.code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  const code = outputText
    .replaceAll("'webgpu-softmax'", `'${url}/src/index.ts'`)
    .replaceAll("'webgpu-softmax/reference'", `'${url}/src/reference/index.ts'`);
  return `${head.join('\n')}\n${code}`;
}
