/** f16 by integers and by the device's own conversion: the same bits, the host's, for every pattern. */
import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { convert } from './half.page';

test.each(['integer', 'native'] as const)('%s', async (conversion) => {
  const page = await openPage();
  const path = '/test/kernels/half.page.ts';
  const result = await callInPage<typeof convert>(page, path, 'convert', conversion);
  expect(result.wrong).toEqual([]);
  expect(result.widened).toBe(2 * 65_536);
  expect(result.narrowed).toBeGreaterThan(2 * 2 * 3 * 2 * 31_000);
});
