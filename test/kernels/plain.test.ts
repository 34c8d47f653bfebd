/**
 * Rows without a special or far element are walked without guards where an invocation is alone: the
 * bits are those that the guards give.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { tellCounts } from '../trust/counts';
import type * as module from './plain.page';

const path = '/test/kernels/plain.page.ts';
tellCounts();

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

test.each([
  [1000, 1],
  [1003, 0.7],
  [5000, 1e-30],
  [5001, 3],
])('rows of %i, scale %d, by themselves and under a mask that adds nothing', async (K, scale) => {
  const args = ['besideMasked', K, scale] as const;
  expect(await callInPage<typeof module.besideMasked>(page, path, ...args)).toEqual([]);
});

test.each([
  [300, 1],
  [1000, 0.7],
  [1500, 3],
])('columns of %i, scale %d, beside troubled ones and without', async (K, scale) => {
  const args = ['besideTroubled', K, scale] as const;
  expect(await callInPage<typeof module.besideTroubled>(page, path, ...args)).toEqual([]);
});
