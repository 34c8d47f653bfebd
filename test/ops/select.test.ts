import { expect, test } from 'vitest';
import type { FilterOptions, RegimeName } from '../../src/index';
import { callInPage, sharedPage } from '../browser/page';
import { limitOf } from '../harness/chi-square';
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

test('up to 2 048 picks, and the softmax over the picks alone', async () => {
  const values = 'renormalized';
  const cases = regimes.flatMap((regime): page.TopKCase[] => [
    { shape: [2, 50_257], k: 2048, seed: 1, regime },
    { shape: [3, 2048], k: 2048, seed: 2, ties: true, values, regime },
    { shape: [7, 64], k: 8, seed: 3, values, scale: 0.7, regime },
    { shape: [2, 300, 3], axis: 1, k: 70, seed: 4, values, regime },
    { shape: [5, 300], k: 9, seed: 5, f16: true, mask: 'boolean', values, regime },
    { shape: [18, 100], k: 33, seed: 6, special: true, values, emptyRows: 'zero', regime },
  ]);
  expect((await inPage<typeof page.checkTopK>('checkTopK', cases)).problems).toEqual([]);
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

test('columns, halves, masks, blocks of rows, and many rows', async () => {
  const regime = 'split-per-invocation';
  const cases: page.TopKCase[] = [
    { shape: [9000, 5], axis: 0, k: 50, seed: 2, regime },
    { shape: [9000, 5], axis: 0, k: 50, seed: 2, regime: 'split-per-workgroup' },
    { shape: [3, 1000], k: 9, seed: 4, f16: true, byteOffset: 6, values: 'probabilities', regime },
    { shape: [4, 300], k: 250, seed: 7, mask: 'boolean', values: 'probabilities', regime },
    { shape: [2, 4, 301], k: 100, seed: 8, mask: 'broadcast', regime },
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

test('sample draws among what filters keep, as the reference does', async () => {
  const filters: readonly FilterOptions[] = [
    { topP: 0.9 },
    { minP: 0.1 },
    { topK: 300, topP: 0.7, minP: 0.05 },
    { topP: 0.8, filterTemperature: 2 },
    { topP: 0.05, minKeep: 40, order: ['minP', 'topK', 'topP'] },
  ];
  const cases = filters.flatMap((own, i): page.SampleCase[] => [
    ...regimes.map((regime) => ({
      shape: [3, 5000 + i],
      seed: i,
      draws: 200,
      temperature: 3,
      filters: own,
      regime,
    })),
    { shape: [5, 500], seed: i, draws: 50, filters: own },
  ]);
  const some = { topK: 9, topP: 0.9 } as const;
  const { problems, ...counted } = await inPage<typeof page.checkSample>('checkSample', [
    ...cases,
    { shape: [4, 10], seed: 1, draws: 50, filters: some },
    { shape: [4, 1], seed: 1, filters: { topP: 0.5 } },
    { shape: [18, 500], seed: 2, special: true, draws: 20, filters: some },
    { shape: [2, 300, 3], axis: 1, seed: 3, draws: 50, filters: some },
    { shape: [4, 301], seed: 4, mask: 'boolean', draws: 20, filters: some },
    { shape: [4, 301], seed: 5, f16: true, draws: 20, filters: some },
    { shape: [3, 9000], seed: 6, ties: true, draws: 200, filters: { topK: 1000 } },
    { shape: [1, 131_075], seed: 7, draws: 100, temperature: 4, filters: { topK: 50_000 } },
  ]);
  console.log(`sample, filtered: ${JSON.stringify(counted)}`);
  expect(problems).toEqual([]);
  expect(counted.different).toBeLessThanOrEqual(Math.max(2, counted.draws * 1e-5));
});

test('filters that keep everything change no bit', async () => {
  expect(await inPage<typeof page.noFilter>('noFilter')).toEqual([]);
});

test('draws are of kept elements alone, as likely as they should be', async () => {
  const { chi, freedom, outside } = await inPage<typeof page.chiSquareOfKept>('chiSquareOfKept');
  console.log(`χ² among what is kept: ${chi.toFixed(0)}, ${freedom} degrees`);
  expect(outside).toBe(0);
  expect(chi).toBeLessThan(limitOf(freedom));
});

test('a row draws the same whatever the batch', async () => {
  expect(await inPage<typeof page.sameDraws>('sameDraws')).toEqual([]);
});

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

/**
 * How unevenly classes are drawn: 1 where draws are independent, give or take the standard
 * deviation.
 */
function dispersion(counts: readonly number[], classes: number) {
  const mean = counts.reduce((a, b) => a + b) / classes;
  const squares = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0);
  const undrawn = (classes - counts.length) * mean ** 2;
  return {
    index: (squares + undrawn) / mean / (classes - 1),
    deviation: Math.sqrt((2 + 1 / mean) / (classes - 1)),
  };
}

test('a tail of 262 143 classes at a gap of 20.5 is drawn as often as it should be, and evenly', async () => {
  const [classes, gap, draws] = [262_144, 20.5, 100_000];
  const counts = await inPage<typeof page.drawsOfTail>('drawsOfTail', classes, gap, draws);
  const hits = counts.reduce((a, b) => a + b, 0);
  const tail = (classes - 1) * Math.exp(-gap);
  const fair = (draws * tail) / (1 + tail);
  const { index, deviation } = dispersion(counts, classes - 1);
  console.log(`${hits} hits for ${fair.toFixed(1)}, index of dispersion ${index.toFixed(3)}`);
  expect(Math.abs(hits - fair)).toBeLessThan(3 * Math.sqrt(fair));
  expect(Math.abs(index - 1)).toBeLessThan(3 * deviation);
});

/**
 * The rows up to 1 461 455 929 that with the seed 5 draw, in the first tile, one of 63 classes 20.5
 * below the first, which together have 8·10⁻⁸ of the tile.
 */
const rareRows: readonly number[] = [
  11_582_842, 13_067_863, 22_259_044, 28_343_101, 44_302_963, 57_424_716, 58_418_775, 79_092_041,
  83_207_052, 102_431_956, 111_656_395, 132_066_321, 159_505_105, 181_623_169, 215_492_614,
  223_635_874, 254_676_574, 258_700_418, 262_474_664, 269_702_902, 271_754_639, 284_516_689,
  335_302_170, 363_663_706, 366_145_779, 371_389_285, 372_407_552, 377_750_057, 383_934_350,
  388_301_473, 411_438_705, 423_878_697, 442_612_940, 487_902_573, 526_251_976, 575_027_919,
  576_714_293, 582_304_808, 594_184_528, 603_215_454, 627_942_223, 641_338_689, 652_128_027,
  672_467_694, 680_462_822, 722_514_640, 729_427_618, 744_820_504, 748_610_829, 771_438_919,
  779_239_105, 786_448_338, 792_354_608, 795_226_336, 804_016_446, 804_262_551, 866_495_288,
  882_550_586, 893_082_299, 904_701_887, 912_825_577, 952_773_519, 998_447_600, 1_009_936_241,
  1_043_943_516, 1_044_158_255, 1_064_554_241, 1_072_357_293, 1_082_014_925, 1_089_383_358,
  1_100_664_668, 1_123_141_382, 1_158_594_298, 1_166_269_150, 1_189_118_206, 1_228_586_845,
  1_228_625_452, 1_229_867_329, 1_262_419_869, 1_301_589_480, 1_342_832_391, 1_346_524_150,
  1_369_222_445, 1_374_454_034, 1_379_696_369, 1_390_731_850, 1_408_036_226, 1_410_954_134,
  1_415_681_994, 1_423_024_365, 1_426_495_067, 1_429_463_516, 1_434_451_763, 1_438_326_704,
  1_452_185_969, 1_461_455_929,
];

test.each([64, 4096])(
  'of %i classes those beside the largest are drawn evenly too',
  async (classes) => {
    const { found, expected } = await inPage<typeof page.drawsOfRows>(
      'drawsOfRows',
      classes,
      20.5,
      rareRows,
    );
    expect(found).toEqual(expected);
    expect(found).not.toContain(0);
    const counts = Array.from({ length: 63 }, (_, k) => found.filter((i) => i === k + 1).length);
    const { index, deviation } = dispersion(counts, 63);
    console.log(`index of dispersion ${index.toFixed(3)}`);
    expect(Math.abs(index - 1)).toBeLessThan(3 * deviation);
  },
);

test('refuses what does not fit', async () => {
  expect(await inPage<typeof page.refusals>('refusals')).toMatchInlineSnapshot(`
    [
      "RangeError: topK: k 7 is out of range [1, 6]",
      "RangeError: topK: k 0 is out of range [1, 6]",
      "RangeError: topK: k: expected an integer in [1, 6], got '3'",
      "TypeError: topK: x: expected dtype 'f32' or 'f16', got 'i32'",
      "RangeError: topK: values: expected 'logits', 'probabilities', 'logProbabilities' or 'renormalized', got 'p'",
      "TypeError: topK: out indices: expected dtype 'i32', got 'f32'",
      "RangeError: topK: regime: expected 'split-per-invocation' or 'split-per-workgroup', got 'row-per-subgroup'",
      "RangeError: argmax: axis 2 is out of range [-2, 1] for shape [2, 6]",
      "RangeError: sample: seed: expected an integer in [0, 9007199254740991], got undefined",
      "RangeError: sample: seed -1 is out of range [0, 9007199254740991]",
      "RangeError: sample: topK 7 is out of range [1, 6]",
      "RangeError: sample: topP: expected a number in (0, 1], got 0",
      "RangeError: sample: minP: expected a number in [0, 1], got NaN",
      "RangeError: sample: order: expected 'topK', 'topP' and 'minP', each once, got ['topP']",
      "RangeError: sample: draws: expected an integer in [0, 4294967295], got 1.5",
      "RangeError: sample: temperature: expected 0, or a finite f32 > 0 whose inverse is one too, got -1",
      "RangeError: sample: scale (1) and temperature (0) are both given; give one of them",
    ]
  `);
});
