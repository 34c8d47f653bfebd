/** f16 by integers, by the device's own instruction and by the type: the same bits, the host's, for every pattern. */
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import type { convert } from './half.page';

/** The type takes `shader-f16`, which SwiftShader lacks. */
const conversions =
  browserUnderTest().engine === 'firefox'
    ? (['integer', 'native', 'typed'] as const)
    : (['integer', 'native'] as const);

test.each(conversions)('%s', async (conversion) => {
  const page = await openPage();
  const path = '/test/kernels/half.page.ts';
  const result = await callInPage<typeof convert>(page, path, 'convert', conversion);
  expect(result.wrong).toEqual([]);
  expect(result.widened).toBe(2 * 65_536);
  expect(result.narrowed).toBeGreaterThan(2 * 2 * 3 * 2 * 31_000);
});
