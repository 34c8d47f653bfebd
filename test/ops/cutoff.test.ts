/** Filters: what they keep of a row, against float64, in every regime. */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './cutoff.page';

const PAGE = '/test/ops/cutoff.page.ts';
const page = await sharedPage();

async function holds(cases: readonly module.FilterCase[]) {
  const outcome = await callInPage<typeof module.checkCutoff>(page, PAGE, 'checkCutoff', cases);
  const { problems, ...counted } = outcome;
  console.log(`cutoff: ${JSON.stringify(counted)}`);
  expect(problems).toEqual([]);
  expect(counted.different).toBeLessThanOrEqual(2 + counted.rows / 20);
}

const equals = new Array<number>(8).fill(3);
const logs = [0.4, 0.3, 0.3, 0].map(Math.log);
/** As far below the largest as minP 0.05 reaches. */
const reach = Math.fround(-Math.log(Math.fround(0.05)));

test('cases whose answer is exact', async () => {
  const of = (row: readonly number[]) => ({ row, shape: [1, row.length] });
  const cases: module.FilterCase[] = [
    ...[0.5, 0.51, 1e-8, 1 - 2 ** -24, 1e-46, 1].map((topP) => ({ ...of(equals), topP })),
    { ...of(equals), topK: 3 },
    { ...of(equals), minP: 1 },
    { ...of(equals), topK: 3, minP: 0.5 },
    { ...of(logs), topK: 2 },
    { ...of(logs), topK: 4 },
    { ...of(logs), topK: 1, topP: 0.8 },
    { ...of(logs) },
    { ...of([1, 5, 5, 2]), minP: 1 },
    { ...of([-3.5, 0, -reach, -2]), minP: 0.05 },
    { ...of([1, 2, 3, 4]), topP: 0.1, minKeep: 3 },
    { ...of(logs), minP: 1, minKeep: 4 },
    { ...of([7]), topP: 0.2 },
  ];
  // A half of equals is a tie, which margins say, and comes out right all the same.
  const outcome = await callInPage<typeof module.checkCutoff>(page, PAGE, 'checkCutoff', cases);
  expect(outcome).toEqual({ rows: 2 * cases.length, different: 0, problems: [] });
});

const filters: readonly Partial<module.FilterCase>[] = [
  { topK: 1 },
  { topK: 40 },
  { topP: 0.3 },
  { topP: 0.9 },
  { topP: 0.999 },
  { minP: 0.05 },
  { topK: 50, topP: 0.7, minP: 0.2 },
  { topP: 0.9, minP: 0.1, order: ['minP', 'topK', 'topP'] },
  { topP: 0.1, minKeep: 30 },
  { topP: 0.9, temperature: 0.5 },
  { topP: 0.9, temperature: 1.5, filterTemperature: 1 },
];

test.each([
  [5, 64, 2],
  [4, 1000, 3],
  [3, 5001, 1],
  [2, 50_257, 3],
  [2, 50_256, 1],
])('%i rows of %i with a deviation of %f', async (rows, length, deviation) => {
  const more = length > 1000 ? [{ topK: length >> 1 }, { topK: 900 }] : [];
  await holds([...filters, ...more].map((c) => ({ shape: [rows, length], deviation, ...c })));
});

test('equals, distances that no grid fits, and special values', async () => {
  const special = { shape: [18, 500], special: true } as const;
  await holds([
    ...[{ topK: 500 }, { topK: 5000 }, { topP: 0.5 }, { topP: 0.9, topK: 3000 }].map((c) => ({
      shape: [3, 9000],
      deviation: 2,
      rounded: true,
      ...c,
    })),
    // All of a row equal, in chunks and in one.
    ...[100, 20_000].map((length) => ({
      shape: [1, length],
      row: new Array<number>(length).fill(-2.5),
      topP: 0.37,
      topK: length - 1,
    })),
    ...[1e-6, 0, 1e6].map((scale) => ({ shape: [2, 9001], scale, topP: 0.4, topK: 5000 })),
    ...[{ topK: 500 }, { topK: 50 }, { topP: 0.5 }, { minP: 0.1 }, {}].map((c) => ({
      ...special,
      ...c,
    })),
  ]);
});

test('a sample that misleads: the largest are where none is read', async () => {
  const length = 64 * 64 * 5;
  // Every fifth tile is read whole; of the others all but one are large.
  const large = (i: number) => Math.floor(i / 64) % 5 === 2;
  const row = Array.from({ length }, (_, i) => (large(i) ? 4 : -4) + ((i * 7919) % 1000) / 1000);
  const few = row.map((z, i) => (large(i) && i % 64 > 3 ? z : Math.min(z, -3)));
  const inside = row.map((z, i) => (large(i) ? -8 : z));
  // Those that are read are large, and stand for others that are not.
  const fewer = row.map((z, i) => (Math.floor(i / 64) % 5 === 0 ? 4 + z / 8 : -8 + z / 8));
  await holds(
    [row, few, inside, fewer].flatMap((values) =>
      [{ topP: 0.2 }, { topP: 0.9 }, { topP: 0.9999 }, { topK: 5000 }, { topK: 100 }].map((c) => ({
        shape: [1, length],
        row: values,
        ...c,
      })),
    ),
  );
});

test('a boolean mask, columns, blocks of rows, and no rows', async () => {
  const some = { topK: 60, topP: 0.8 } as const;
  await holds([
    { shape: [4, 300], drop: 'boolean', regimes: ['split-per-workgroup'], ...some },
    { shape: [9000, 2], axis: 0, ...some },
    { shape: [50, 100], binding: 4096, ...some },
    { shape: [0, 100], ...some },
  ]);
});

test('a million elements', async () => {
  await holds([
    { shape: [1, 1_000_003], topP: 0.9, topK: 700_001, minP: 1e-4 },
    { shape: [1, 1_000_003], topP: 0.9, deviation: 0.01, regimes: ['split-per-invocation'] },
  ]);
});

test('refuses what does not fit', async () => {
  expect(await callInPage<typeof module.refusals>(page, PAGE, 'refusals')).toMatchInlineSnapshot(`
    [
      "RangeError: cutoff: topK 0 is out of range [1, 3]",
      "RangeError: cutoff: topK 4 is out of range [1, 3]",
      "RangeError: cutoff: topP: expected a number in (0, 1], got 0",
      "RangeError: cutoff: topP: expected a number in (0, 1], got 1.5",
      "RangeError: cutoff: topP: expected a number in (0, 1], got NaN",
      "RangeError: cutoff: topP: expected a number in (0, 1], got '0.9'",
      "RangeError: cutoff: minP -0.1 is out of range [0, 1]",
      "RangeError: cutoff: minP 1.1 is out of range [0, 1]",
      "RangeError: cutoff: minP: expected a number in [0, 1], got '0.1'",
      "RangeError: cutoff: minKeep 0 is out of range [1, 3]",
      "RangeError: cutoff: filterTemperature: expected a finite f32 > 0 whose inverse is one too, got 0",
      "RangeError: cutoff: order: expected 'topK', 'topP' and 'minP', each once, got ['topK', 'topP', 'topP']",
      "RangeError: cutoff: order: expected 'topK', 'topP' and 'minP', each once, got 'topK'",
    ]
  `);
});
