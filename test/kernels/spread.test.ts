/**
 * On CPU-backed adapters with subgroups of eight lanes or more these take columns a cache line apart.
 * Who takes a column changes nothing of it: the bits are those of columns taken by neighbours, which
 * the other tests hold to float64.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { planRows } from '../../src/rows/plan';
import { callInPage, sharedPage } from '../browser/page';
import { rowDispatches } from './kernels';
import type * as module from './spread.page';
import { device, taskOf } from './variants';

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

test.each([
  [1, 3, 4],
  [1, 40, 127],
  [1, 30, 128],
  [3, 40, 132],
  [2, 300, 260],
  [2, 1030, 516],
] as const)('columns of [%i, %i, %i], axis 1', async (...shape) => {
  for (const lanes of [8, 16]) {
    const found = await callInPage<typeof module.differing>(
      page,
      '/test/kernels/spread.page.ts',
      'differing',
      shape,
      lanes,
    );
    expect(found, `${lanes} lanes`).toEqual([]);
  }
});

test.each([
  ['cpu', 8, 8],
  ['cpu', 4, 1],
  ['gpu', 32, 1],
] as const)('a %s with subgroups of %i lanes: spread %i', (adapter, subgroupMinSize, spread) => {
  const task = taskOf('softmax', { length: 100, inner: 400 });
  const plan = planRows('softmax', task, { ...device, adapter, subgroupMinSize });
  const variants = rowDispatches(plan).map(({ kernel }) => kernel.variant);
  expect(variants.map((variant) => variant.interleave)).toEqual([spread]);
});
