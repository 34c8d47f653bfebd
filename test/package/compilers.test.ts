/**
 * The published types under compilers and settings of adopters, which check every declaration: as
 * `skipLibCheck: false` does, but for those that come with TypeScript.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index';
import { examples, typedProgram } from '../docs/examples';
import { type Installer, packed, ROOT, SOURCES } from './install';

interface Compiler {
  readonly version: string;
  /** Its folder in node_modules. */
  readonly name: string;
  /** Whether its `dom` lacks WebGPU, and @webgpu/types stands in. */
  readonly needsTypes?: boolean;
  /** Whether its `esnext` has Float16Array. */
  readonly hasHalves?: boolean;
}

/** Typed arrays have a type parameter from 5.7 on, and the DOM asks for it from 5.9 on. */
const compilers: readonly Compiler[] = [
  { version: '5.4', name: 'typescript-5.4', needsTypes: true },
  { version: '5.7', name: 'typescript-5.7', needsTypes: true },
  { version: '5.9', name: 'typescript-5.9', needsTypes: true, hasHalves: true },
  { version: '6.0', name: 'typescript', hasHalves: true },
  { version: '7.0', name: 'typescript-7.0', hasHalves: true },
];
const oldest = compilers[0]!;
const newest = compilers.at(-1)!;

const libs = ['es2020', 'es2022', 'esnext'] as const;
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

/** What programs of the table import beside the package. */
const peers = [
  '@webgpu/types',
  'onnxruntime-web',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-webgpu',
  '@huggingface/transformers',
];

const programs = [
  'operations',
  'internal',
  'onnxruntime',
  'tfjs',
  'transformers',
  'using',
  'float16',
] as const;
/** The examples of the operations' docstrings, as programs too. */
const documented = examples
  .filter(({ name }) => name.startsWith('src/ops/'))
  .map((one, i) => [`example-${i}` as const, typedProgram(one)] as const);
type Program = (typeof programs)[number] | `example-${number}`;

let installer: Installer;
let project: string;
beforeAll(() => {
  installer = packed();
  const files = programs.map((name) => [`${name}.ts`, `${name}.ts`]);
  project = installer.install('types', Object.fromEntries(files));
  for (const [name, text] of documented) writeFileSync(join(project, `${name}.ts`), text);
  for (const peer of peers) {
    const link = join(project, 'node_modules', peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', peer), link, 'junction');
  }
});
afterAll(() => installer.remove());

/** What a compiler says of programs; '' for nothing. */
function compile(
  compiler: Compiler,
  files: readonly Program[],
  options: Readonly<Record<string, unknown>> = {},
): string {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    ...resolutions.nodenext,
    types: compiler.needsTypes ? ['@webgpu/types'] : [],
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    ...options,
  };
  const config = { compilerOptions, files: files.map((name) => `${name}.ts`) };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const path = join(ROOT, 'node_modules', compiler.name);
  const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  expect(version.startsWith(`${compiler.version}.`), `${compiler.name} is ${version}`).toBe(true);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(path, 'bin/tsc')], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(status === 0, stdout + stderr).toBe(stdout === '');
  return stdout + stderr;
}

const rows = compilers.flatMap((compiler) =>
  libs.flatMap((lib) =>
    (['nodenext', 'bundler'] as const).map((resolution) => {
      const { version, hasHalves } = compiler;
      const newer: readonly Program[] =
        lib !== 'esnext' ? [] : hasHalves ? ['using', 'float16'] : ['using'];
      return { compiler, version, lib, resolution, newer };
    }),
  ),
);

describe.each(rows)('TypeScript $version, lib $lib and dom, $resolution', (row) => {
  const options = { lib: [row.lib, 'dom'], ...resolutions[row.resolution] };

  test('compiles every operation, leaves out what is internal, and takes ONNX Runtime', () => {
    const files: Program[] = ['operations', 'internal', 'onnxruntime', ...row.newer];
    files.push(...documented.map(([name]) => name));
    expect(compile(row.compiler, files, options)).toBe('');
  });
});

describe.each(compilers)('TypeScript $version', (compiler) => {
  // Their own declarations are at odds with the compiler's.
  test('takes TensorFlow.js and transformers.js, with skipLibCheck', () => {
    expect(compile(compiler, ['tfjs', 'transformers'], { skipLibCheck: true })).toBe('');
  });

  test('finds nothing wrong in what is ours beside them', () => {
    const said = compile(compiler, ['tfjs', 'transformers']);
    expect(said).toContain('@tensorflow/tfjs-core/');
    expect(said).not.toMatch(/^(node_modules\/webgpu-softmax|(tfjs|transformers)\.ts)/m);
  });

  test('refuses `using` where the lib has no Disposable', () => {
    expect(compile(compiler, ['using'])).toContain("'Disposable'");
  });
});

test('5.x without @webgpu/types says what is missing', () => {
  expect(compile(oldest, ['operations'], { types: [] })).toContain("Cannot find name 'GPUDevice'");
});

test('@webgpu/types beside the own types of a newer compiler need skipLibCheck', () => {
  const options = { types: ['@webgpu/types'], skipLibCheck: true };
  expect(compile(newest, ['operations'], options)).toBe('');
});

test.each(Object.keys(library))('%s is called', (name) => {
  const texts = [
    readFileSync(join(SOURCES, 'operations.ts'), 'utf8'),
    ...documented.map(([, text]) => text),
  ];
  expect(texts.join('\n')).toMatch(new RegExp(`\\b${name}\\b`));
});
