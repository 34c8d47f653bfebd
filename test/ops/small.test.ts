/** Small arguments may come from the host wherever they may be tensors, and give the same bits. */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './small.page';

const path = '/test/ops/small.page.ts';
const page = await sharedPage();

test.each(['submitted', 'encoder', 'pass'] as const)('as tensors do: %s', async (how) => {
  const outcome = await callInPage<typeof module.fromTheHost>(page, path, 'fromTheHost', how);
  expect(outcome.problems).toEqual([]);
  expect(outcome.count).toBeGreaterThan(60);
});

test('calls with arrays can be prepared', async () => {
  expect(await callInPage<typeof module.prepared>(page, path, 'prepared')).toBe(0);
});
