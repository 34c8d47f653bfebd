import { expect, test } from 'vitest';
import { callInPage, openPage } from './browser/page';
import type * as page from './stream.page';

const module = '/test/stream.page.ts';

test('gives the results in order, of any source and blocks of any size', async () => {
  expect(await callInPage<typeof page.results>(await openPage(), module, 'results')).toEqual([]);
});

test('asks for no more than is taken, in buffers that are used again', async () => {
  const { before, first, later, buffers, left } = await callInPage<typeof page.pressure>(
    await openPage(),
    module,
    'pressure',
  );
  expect(before).toBe(0);
  expect(first).toBeLessThanOrEqual(5);
  expect(later).toBeLessThanOrEqual(20 + 5);
  // A slot has its rows, its result and a staging buffer.
  expect(buffers).toBeLessThanOrEqual(4 * 3);
  expect(left).toBe(0);
});

test('tells a fault after the results before it, and leaves nothing', async () => {
  const { outcomes, closed } = await callInPage<typeof page.faults>(
    await openPage(),
    module,
    'faults',
  );
  expect(outcomes).toMatchInlineSnapshot();
  // Every source that did not end by itself is told: four of them.
  expect(closed).toBe(4);
});

test('refuses what does not fit at the call', async () => {
  expect(
    await callInPage<typeof page.refusals>(await openPage(), module, 'refusals'),
  ).toMatchInlineSnapshot();
});
