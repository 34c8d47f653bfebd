/**
 * The traps of adding something: what goes with an operation or a regime and is easily forgotten. Each
 * test fails with the names of what is missing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { benchOps } from '../../bench/ops';
import { testOps } from '../../conformance/cases';
import type { AdapterClass } from '../../src/gpu/adapter';
import * as library from '../../src/index';
import * as reference from '../../src/reference';
import { regimeNames } from '../../src/rows/regimes';
import { chooseTier } from '../../src/rows/tiers';
import { allKernels } from '../kernels/all-kernels';
import { files, rowOps } from '../kernels/kernels';
import { goldenVariants } from '../kernels/variants';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The text of all TypeScript under a folder. */
const textOf = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)))
    .join('\n');

/** What the library exports beside operations: functions of an engine, and values of options. */
const others = [
  'adjust',
  'createEngine',
  'f16',
  'high',
  'prepare',
  'sampler',
  'setTuning',
  'stream',
  'tune',
];
const operations = Object.keys(library).filter((name) => !others.includes(name));

/** Operations that the benchmark times in parts of their own. */
const apart = [
  'argmax',
  'topK',
  'cutoff',
  'sample',
  'countTokens',
  'logProbabilities',
  'linearCrossEntropy',
  'sgdStep',
  'adamStep',
];

describe('every operation', () => {
  test('is a function of src/ops', () => {
    const text = textOf('src/ops');
    const isThere = (name: string) => new RegExp(`^export function ${name}\\b`, 'm').test(text);
    expect(operations.filter((name) => !isThere(name))).toEqual([]);
  });

  test('has a twin in the reference', () => {
    expect(operations.filter((name) => !(name in reference))).toEqual([]);
  });

  test('is tested: there are cases of it', () => {
    const tested = new Set<string>(testOps);
    expect(operations.filter((name) => !tested.has(name))).toEqual([]);
  });

  test('is timed: in the table of the benchmark, or in a part of its own', () => {
    const bench = textOf('bench');
    const isTimed = (name: string) =>
      apart.includes(name) ? new RegExp(`\\b${name}\\(`).test(bench) : name in benchOps;
    expect(operations.filter((name) => !isTimed(name))).toEqual([]);
  });

  // `vitest -u` writes it.
  test('is in the table of the README, in the first words of its docstring', async () => {
    const text = textOf('src/ops');
    const rows = testOps.map((name) => {
      const docstring = new RegExp(`/\\*\\*\\n((?: \\*.*\\n)+) \\*/\\nexport function ${name}\\b`);
      const words = docstring.exec(text)?.[1]?.replaceAll(/\s+\* ?/g, ' ');
      return `| \`${name}\` | ${words?.split(/\.\s/)[0]?.trim()} |`;
    });
    const table = ['| operation | gives |', '|---|---|', ...rows, ''].join('\n');
    const readme = read('README.md').replace(/(?<=^## Operations\n\n)(\|.*\n)*/m, table);
    await expect(readme).toMatchFileSnapshot(join(root, 'README.md'));
  });
});

test('the reference has no operation that the library lacks', () => {
  // They convert and draw for the others.
  const helpers = ['convert', 'philox'];
  const known = [...operations, ...helpers];
  expect(Object.keys(reference).filter((name) => !known.includes(name))).toEqual([]);
});

/** shaders/ops/convert.wgsl stores what operations made, and is no method. */
const noMethod = ['convert'];

test('a shader, an operation and its twin are files of one name', () => {
  const names = readdirSync(join(root, 'shaders/ops')).map((name) => name.replace('.wgsl', ''));
  const missing = names
    .filter((name) => !noMethod.includes(name))
    .flatMap((name) => [`src/ops/${name}.ts`, `src/reference/${name}.ts`])
    .filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});

test('every shader file is part of some kernel', () => {
  const used = new Set<string>();
  for (const { emit } of allKernels()) {
    for (const [, file] of emit(false).wgsl.matchAll(/^\/\/ ---- (\S+\.wgsl)/gm)) used.add(file!);
  }
  const unused = [...files.keys()].filter((file) => !used.has(file));
  expect(unused).toEqual([]);
});

test('every operation on rows is in the table of variants, and its WGSL kept', () => {
  const kept = new Set(goldenVariants().map(({ op }) => op.name));
  expect([...rowOps.keys()].filter((op) => !kept.has(op))).toEqual([]);
});

describe('every regime', () => {
  test('is in the table of tiers: some adapter takes it for some rows', () => {
    const chosen = new Set<string>();
    for (const adapter of ['cpu', 'gpu'] satisfies AdapterClass[]) {
      for (const strided of [false, true]) {
        for (let exponent = 0; exponent <= 20; exponent++) {
          chosen.add(chooseTier(2 ** exponent, strided, { adapter, subgroups: true }).regime);
        }
      }
    }
    expect(regimeNames.filter((name) => !chosen.has(name))).toEqual([]);
  });

  test('is in the tables of docs/performance.md', () => {
    const page = read('docs/performance.md');
    expect(regimeNames.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
