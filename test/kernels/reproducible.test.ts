/**
 * The same input gives the same bits, and a row's bits depend on nothing but the row: not on other
 * rows, their number, its position or its alignment.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { count, isLong, tellCounts } from '../trust/counts';
import type * as module from './reproducible.page';

const path = '/test/kernels/reproducible.page.ts';
const RUNS = 100;
tellCounts();

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

const small = [
  { rows: 7, at: 5, byteOffset: 0 },
  { rows: 7, at: 2, byteOffset: 4 },
  { rows: 7, at: 6, byteOffset: 1028 },
];
const many = [...small, { rows: 4096, at: 1, byteOffset: 8 }, { rows: 4096, at: 4, byteOffset: 0 }];
const most = [...many, { rows: 100_003, at: 4, byteOffset: 256 }];

/** One of each reduction, where barriers make the rest slow on a software adapter. */
const chosen = ['softmax', 'softmaxVjp', 'crossEntropy, weights, smoothing'];

/** The long form leaves no operation out, and takes the largest batch wherever rows are short. */
const callsIn = (short: readonly string[] | undefined) => (isLong ? undefined : short);
const placesIn = (short: readonly module.Place[], long: readonly module.Place[]) =>
  isLong ? long : short;

test.each([
  { adapterClass: 'cpu', classes: 10, places: most, names: undefined },
  { adapterClass: 'cpu', classes: 1000, places: many, names: callsIn(chosen) },
  { adapterClass: 'cpu', classes: 4096, places: small, names: callsIn(chosen) },
  { adapterClass: 'cpu', classes: 4097, places: small, names: callsIn(chosen) },
  { adapterClass: 'cpu', classes: 50_257, places: small, names: undefined },
  { adapterClass: 'gpu', classes: 10, places: placesIn(many, most), names: callsIn(chosen) },
  { adapterClass: 'gpu', classes: 1000, places: placesIn(small, many), names: undefined },
  { adapterClass: 'gpu', classes: 4097, places: small, names: callsIn(chosen) },
  { adapterClass: 'gpu', classes: 50_257, places: small, names: callsIn(chosen) },
] as const)(
  'planned for a $adapterClass, K $classes: a row alone, and in batches',
  async ({ adapterClass, classes, places, names }) => {
    const args = ['walks', adapterClass, classes, places, ...(names ? [names] : [])] as const;
    const { calls, rowsCompared, problems } = await callInPage<typeof module.batches>(
      page,
      path,
      'batches',
      ...args,
    );
    expect(problems).toEqual([]);
    expect(calls).toBe((names?.length ?? (classes > 10 ? 19 : 20)) * (places.length + 1));
    count('bit for bit', 'rows in batches', rowsCompared);
  },
);

test.each([
  { adapterClass: 'cpu', shape: [7, 10], names: undefined },
  { adapterClass: 'cpu', shape: [2, 5000], names: chosen },
  { adapterClass: 'gpu', shape: [2, 1000], names: undefined },
] as const)(
  'planned for a $adapterClass, shape $shape: a hundred runs',
  async ({ adapterClass, shape, names }) => {
    const args = ['walks', adapterClass, shape, RUNS, ...(names ? [names] : [])] as const;
    const { made, problems } = await callInPage<typeof module.runs>(page, path, 'runs', ...args);
    expect(problems).toEqual([]);
    expect(made).toBe((names?.length ?? (shape[1] > 10 ? 19 : 20)) * RUNS);
    count('bit for bit', 'runs on the same rows', made);
  },
);

test.each([
  { classes: 10, names: undefined },
  { classes: 1000, names: callsIn(chosen) },
  { classes: 4097, names: callsIn(chosen) },
] as const)('columns have the same bits in any slab, K $classes', async ({ classes, names }) => {
  const args = [classes, ...(names ? [names] : [])] as const;
  const result = await callInPage<typeof module.columns>(page, path, 'columns', ...args);
  expect(result.problems).toEqual([]);
  expect(result.count).toBe(names?.length ?? 19);
  count('bit for bit', 'calls on columns', result.count);
});

/** Picks, draws, a linear layer and a step: of six calls one draws. */
const others = [
  { adapterClass: 'cpu', classes: 10, places: most },
  ...(isLong
    ? ([
        { adapterClass: 'cpu', classes: 1000, places: many },
        { adapterClass: 'cpu', classes: 50_257, places: small },
        { adapterClass: 'gpu', classes: 10, places: most },
        { adapterClass: 'gpu', classes: 1000, places: many },
        { adapterClass: 'gpu', classes: 50_257, places: small },
      ] as const)
    : []),
] as const;

test.each(others)(
  'no walks, planned for a $adapterClass, K $classes: a row alone, and in batches',
  async ({ adapterClass, classes, places }) => {
    const result = await callInPage<typeof module.batches>(
      page,
      path,
      'batches',
      'others',
      adapterClass,
      classes,
      places,
    );
    expect(result.problems).toEqual([]);
    expect(result.calls).toBe(7 * (places.length + 1));
    count('bit for bit', 'rows in batches', result.rowsCompared);
    const args = [adapterClass, classes, places] as const;
    const drawn = await callInPage<typeof module.draws>(page, path, 'draws', ...args);
    expect(drawn.problems).toEqual([]);
    expect(drawn.rowsCompared).toBeGreaterThanOrEqual(2 * places.length);
    count('bit for bit', 'rows drawn in batches', drawn.rowsCompared);
  },
);

test.each([
  { adapterClass: 'cpu', shape: [7, 10] },
  ...(isLong
    ? ([
        { adapterClass: 'cpu', shape: [2, 5000] },
        { adapterClass: 'gpu', shape: [2, 1000] },
      ] as const)
    : []),
] as const)(
  'no walks, planned for a $adapterClass, shape $shape: a hundred runs',
  async ({ adapterClass, shape }) => {
    const args = ['others', adapterClass, shape, RUNS] as const;
    const { made, problems } = await callInPage<typeof module.runs>(page, path, 'runs', ...args);
    expect(problems).toEqual([]);
    expect(made).toBe(8 * RUNS);
    count('bit for bit', 'runs on the same rows', made);
  },
);
