import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import type * as page from './log-probabilities.page';
import type { runList } from './matrix.page';

const regimes = ['split-per-invocation', 'split-per-workgroup'] as const;
const op = 'logProbabilities';

/** One place a row and several, of rows of every kind of length, in both regimes. */
const cases: Case[] = [
  ...regimes.flatMap((regime, i) =>
    [1, 5, 63, 64, 65, 1000, 4096, 4097, 50_257].flatMap((length): Case[] => [
      { op, shape: [7, length], seed: length + i, regime },
      { op, shape: [3, length], k: 9, seed: 2 * length + i, regime, scale: 0.7 },
    ]),
  ),
  { op, shape: [1, 300_001], k: 3, seed: 1 },
  { op, shape: [130, 5], axis: 0, k: 4, seed: 2 },
  { op, shape: [2, 130, 3], axis: 1, seed: 3 },
  { op, shape: [7, 1000], k: 3, seed: 5, mask: 'boolean', broadcast: [true, false] },
  { op, shape: [18, 64], k: 64, seed: 8, special: true },
  { op, shape: [18, 200], k: 70, seed: 9, special: true, emptyRows: 'zero' },
  { op, shape: [0, 9], k: 2, seed: 1 },
];

const inPage = async <F extends (...args: never[]) => unknown>(
  module: string,
  name: string,
  ...args: Parameters<F>
) => callInPage<F>(await sharedPage(), `/test/ops/${module}.page.ts`, name, ...args);

test('log-probabilities and ranks, in both regimes', async () => {
  check(op, await inPage<typeof runList>('matrix', 'runList', cases));
});

test('values near 0, equals in the order of their indices, and arguments on the host', async () => {
  expect(await inPage<typeof page.byHand>('log-probabilities', 'byHand')).toEqual({
    confident: 1,
    ranks: [1, 2, 3, 5, 4],
  });
});

test('wrong arguments are named', async () => {
  expect(await inPage<typeof page.refused>('log-probabilities', 'refused')).toMatchInlineSnapshot(`
    [
      "RangeError: logProbabilities: indices[1] 3 is out of range [0, 2]",
      "RangeError: logProbabilities: indices: expected as many for each of 2 rows, got 3",
      "RangeError: logProbabilities: indices[0]: expected an integer in [0, 2], got 0.5",
      "RangeError: logProbabilities: indices: expected shape [2] or [2, m], got [3]",
      "RangeError: logProbabilities: indices: expected shape [2] or [2, m], got [3, 2]",
      "RangeError: logProbabilities: indices: expected shape [2] or [2, m], got [1, 2, 2]",
      "TypeError: logProbabilities: indices: expected dtype 'i32' or 'u32', got 'f32'",
      "TypeError: logProbabilities: indices: expected a GpuTensor (made by tensor() or wrap()) or an array of integers, got undefined",
      "TypeError: logProbabilities: out: expected no names but 'values' and 'ranks', got 'indices'",
      "RangeError: logProbabilities: out values: expected shape [2, 2] (the shape of the result), got [2]",
    ]
  `);
});
