/**
 * The same input gives the same bits, and a row's bits depend on nothing but the row: not on other
 * rows, their number, its position or its alignment.
 */
import type { Page } from 'puppeteer-core';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './reproducible.page';

const path = '/test/kernels/reproducible.page.ts';

let page: Page;
beforeAll(async () => {
  page = await openPage();
});

const small = [
  { rows: 7, at: 5, byteOffset: 0 },
  { rows: 7, at: 2, byteOffset: 4 },
  { rows: 7, at: 6, byteOffset: 1028 },
];
const many = [
  ...small,
  { rows: 4096, at: 4095, byteOffset: 8 },
  { rows: 4096, at: 1234, byteOffset: 0 },
];
const most = [...many, { rows: 100_003, at: 99_999, byteOffset: 256 }];

/** One of each reduction, where barriers make the rest slow on a software adapter. */
const chosen = ['softmax', 'softmaxVjp', 'crossEntropy, weights, smoothing'];

test.each([
  { adapterClass: 'cpu', classes: 10, places: small, names: undefined },
  { adapterClass: 'cpu', classes: 10, places: most, names: chosen },
  { adapterClass: 'cpu', classes: 1000, places: many, names: chosen },
  { adapterClass: 'cpu', classes: 4096, places: small, names: chosen },
  { adapterClass: 'cpu', classes: 4097, places: small, names: chosen },
  { adapterClass: 'cpu', classes: 50_257, places: small, names: undefined },
  { adapterClass: 'gpu', classes: 10, places: many, names: chosen },
  { adapterClass: 'gpu', classes: 1000, places: small, names: undefined },
  { adapterClass: 'gpu', classes: 4097, places: small, names: chosen },
  { adapterClass: 'gpu', classes: 50_257, places: small, names: chosen },
] as const)(
  'planned for a $adapterClass, K $classes',
  async ({ adapterClass, classes, places, names }) => {
    const { count, problems } = await (names
      ? callInPage<typeof module.batches>(
          page,
          path,
          'batches',
          adapterClass,
          classes,
          places,
          names,
        )
      : callInPage<typeof module.batches>(page, path, 'batches', adapterClass, classes, places));
    expect(problems).toEqual([]);
    expect(count).toBe((names?.length ?? 16) * (places.length + 1));
  },
);

test.each([
  { classes: 10, names: undefined },
  { classes: 1000, names: chosen },
  { classes: 4097, names: chosen },
] as const)('columns have the same bits in any slab, K $classes', async ({ classes, names }) => {
  const { count, problems } = await (names
    ? callInPage<typeof module.columns>(page, path, 'columns', classes, names)
    : callInPage<typeof module.columns>(page, path, 'columns', classes));
  expect(problems).toEqual([]);
  expect(count).toBe(names?.length ?? 16);
});
