import { expect, test } from 'vitest';
import type { RegimeName } from '../../src/index';
import { callInPage, sharedPage } from '../browser/page';
import { isLong } from '../trust/counts';
import type * as page from './select.page';

/** One page for the file, and in it one engine: each kernel is compiled once. */
let opened: ReturnType<typeof sharedPage> | undefined;
const module = '/test/ops/select.page.ts';
const inPage = async <F extends (...args: never[]) => unknown>(
  name: string,
  ...args: Parameters<F>
) => {
  opened ??= sharedPage();
  return callInPage<F>(await opened, module, name, ...args);
};

const regimes: RegimeName[] = ['split-per-invocation', 'split-per-workgroup'];
const lengths = [
  1, 2, 5, 31, 63, 64, 65, 127, 257, 1000, 1023, 4095, 4096, 4097, 6625, 50_257, 131_075,
];
const kinds = ['logits', 'probabilities', 'logProbabilities'] as const;

/** k = 1, all of the row, and what lies between, by the length. */
const picksOf = (length: number, i: number) => Math.min(length, [1, 5, 50, 256][i % 4]!);

test.each(regimes)('topK of rows of every length, %s', async (regime) => {
  const cases: page.TopKCase[] = lengths.flatMap((length, i) =>
    [1, 7].map((rows, j) => ({
      shape: [rows, length],
      k: picksOf(length, i + 3 * j),
      seed: 10 + i,
      values: kinds[(i + j) % 3]!,
      scale: [1, 0.7][j]!,
      regime,
    })),
  );
  cases.push({ shape: [1, 1_000_003], k: 256, seed: 4, values: 'probabilities', regime });
  const { problems, worst } = await inPage<typeof page.checkTopK>('checkTopK', cases);
  console.log(`topK, ${regime}: ${worst.toFixed(2)} of the bound`);
  expect(problems).toEqual([]);
});

test('ties go to the lowest index', async () => {
  const cases = regimes.flatMap((regime): page.TopKCase[] => [
    { shape: [3, 1000], k: 256, seed: 1, ties: true, regime },
    { shape: [2, 9001], k: 200, seed: 2, ties: true, regime },
    { shape: [5, 64], k: 64, seed: 3, ties: true, regime },
  ]);
  expect((await inPage<typeof page.checkTopK>('checkTopK', cases)).problems).toEqual([]);
});

test('special values are PyTorch’s, and k may be over the finite ones', async () => {
  const rows = 18;
  const cases = regimes.flatMap((regime): page.TopKCase[] =>
    [33, 1000].flatMap((length) => [
      { shape: [rows, length], k: 33, seed: 5, special: true, regime },
      { shape: [rows, length], k: 33, seed: 5, special: true, values: 'probabilities', regime },
      {
        shape: [rows, length],
        k: 33,
        seed: 5,
        special: true,
        values: 'logProbabilities',
        emptyRows: 'zero',
        regime,
      },
      { shape: [rows, length], k: 1, seed: 5, special: true, regime },
    ]),
  );
  expect((await inPage<typeof page.checkTopK>('checkTopK', cases)).problems).toEqual([]);
});

test('any axis, offset, dtype and mask', async () => {
  const regime = 'split-per-invocation';
  const cases: page.TopKCase[] = [
    { shape: [2, 200, 3], axis: 1, k: 20, seed: 1, regime },
    { shape: [9000, 5], axis: 0, k: 50, seed: 2, regime },
    { shape: [9000, 5], axis: 0, k: 50, seed: 2, regime: 'split-per-workgroup' },
    { shape: [3, 130, 4], axis: 1, k: 7, seed: 3, f16: true, byteOffset: 2, regime },
    { shape: [3, 1000], k: 9, seed: 4, f16: true, byteOffset: 6, values: 'probabilities', regime },
    { shape: [3, 1000], k: 9, seed: 4, byteOffset: 1028, regime },
    { shape: [3, 1001], k: 9, seed: 5, f16: true, regime },
    { shape: [4, 300], k: 250, seed: 6, mask: 'additive', regime },
    { shape: [4, 300], k: 250, seed: 7, mask: 'boolean', values: 'probabilities', regime },
    { shape: [2, 4, 301], k: 100, seed: 8, mask: 'broadcast', regime },
    { shape: [2, 30, 70], k: 60, seed: 9, mask: 'causal', regime },
    { shape: [70, 3], axis: 0, k: 60, seed: 10, mask: 'boolean', regime },
    // Blocks of rows, as a binding holds few.
    { shape: [50, 100], k: 3, seed: 11, binding: 4096, regime },
    { shape: [0, 100], k: 3, seed: 11, regime },
    // Regimes of the table, which is the device's.
    { shape: [65_536 + 5, 3], k: 2, seed: 12 },
    { shape: [300, 200], k: 4, seed: 13 },
  ];
  expect((await inPage<typeof page.checkTopK>('checkTopK', cases)).problems).toEqual([]);
});

test('sample draws as the reference does, but for near-ties', async () => {
  const many = isLong ? 100 : 1;
  const cases = regimes.flatMap((regime, i): page.SampleCase[] => [
    { shape: [3, 1], seed: 1, regime },
    { shape: [100, 10], seed: 2, draws: 100 * many, regime },
    { shape: [20, 64], seed: 3, draws: 100, rowOffset: 2 ** 40 - 3, regime },
    { shape: [5, 1000], seed: 2 ** 50 + 7, draws: 1000 * many, temperature: 3, regime },
    { shape: [3, 6625], seed: 5, draws: 500 * many, rowOffset: 2 ** 32 - 2, regime },
    { shape: [2, 50_257], seed: 6, draws: 500 * many, scale: 0.3, regime },
    { shape: [1, 131_075], seed: 7 + i, draws: 300, regime },
  ]);
  const axis: page.SampleCase[] = [
    { shape: [2, 300, 3], axis: 1, seed: 8, draws: 50 },
    { shape: [2, 300, 3], axis: 1, seed: 8 },
    { shape: [2, 300, 3], axis: 1, seed: 8, draws: 20, topK: 5, temperature: 2 },
    { shape: [40, 300], seed: 9, f16: true, byteOffset: 2, draws: 10 },
    { shape: [40, 301], seed: 9, mask: 'boolean', draws: 10 },
    { shape: [30, 1000], seed: 10, topK: 100, draws: 20, temperature: 4 },
    { shape: [30, 1000], seed: 11, temperature: 0 },
    { shape: [30, 1000], seed: 11, temperature: 0, ties: true, draws: 2 },
    { shape: [18, 33], seed: 12, special: true, draws: 20 },
    { shape: [18, 500], seed: 12, special: true, draws: 20 },
    { shape: [18, 500], seed: 12, special: true, temperature: 0 },
    { shape: [4, 500], seed: 12, draws: 0 },
  ];
  const { problems, ...counted } = await inPage<typeof page.checkSample>('checkSample', [
    ...cases,
    ...axis,
  ]);
  console.log(`sample: ${JSON.stringify(counted)}`);
  expect(problems).toEqual([]);
  // Of a few differences nothing can be told; of hundreds of thousands of draws a rate.
  expect(counted.different).toBeLessThanOrEqual(Math.max(2, counted.draws * 1e-5));
});

test('a row draws the same whatever the batch', async () => {
  expect(await inPage<typeof page.sameDraws>('sameDraws')).toEqual([]);
});

/** What χ² exceeds once in two million, by Wilson and Hilferty. */
const limitOf = (freedom: number) =>
  freedom * (1 - 2 / (9 * freedom) + 4.9 * Math.sqrt(2 / (9 * freedom))) ** 3;

test.each([
  [10, isLong ? 1_000_000 : 100_000, 10],
  [1000, isLong ? 1_000_000 : 50_000, 1000],
  [50_257, isLong ? 40_000 : 20_000, 256],
])('of %i classes %i draws are as likely as they should be', async (length, draws, bins) => {
  const { chi, freedom } = await inPage<typeof page.chiSquare>(
    'chiSquare',
    length,
    draws,
    bins,
    21,
  );
  console.log(`χ² of ${draws} draws among ${length}: ${chi.toFixed(0)}, ${freedom} degrees`);
  expect(chi).toBeLessThan(limitOf(freedom));
});

test('refuses what does not fit', async () => {
  expect(await inPage<typeof page.refusals>('refusals')).toMatchInlineSnapshot(`
    [
      "RangeError: topK: k 7 is out of range [1, 6]",
      "RangeError: topK: k 0 is out of range [1, 6]",
      "RangeError: topK: k: expected an integer in [1, 6], got '3'",
      "TypeError: topK: x: expected dtype 'f32' or 'f16', got 'i32'",
      "RangeError: topK: values: expected 'logits', 'probabilities' or 'logProbabilities', got 'p'",
      "TypeError: topK: out indices: expected dtype 'i32', got 'f32'",
      "RangeError: topK: regime: expected 'split-per-invocation' or 'split-per-workgroup', got 'row-per-subgroup'",
      "RangeError: argmax: axis 2 is out of range [-2, 1] for shape [2, 6]",
      "RangeError: sample: seed: expected an integer in [0, 9007199254740991], got undefined",
      "RangeError: sample: seed -1 is out of range [0, 9007199254740991]",
      "RangeError: sample: topK 7 is out of range [1, 6]",
      "RangeError: sample: draws: expected an integer in [0, 4294967295], got 1.5",
      "RangeError: sample: temperature: expected 0, or a finite f32 > 0 whose inverse is one too, got -1",
      "RangeError: sample: scale (1) and temperature (0) are both given; give one of them",
    ]
  `);
});
