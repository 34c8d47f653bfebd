/** No walk passes over an element of a row when it looks for the maximum. */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type { unseen } from './positions.page';

const page = await sharedPage();

test.each([
  [37, false],
  [130, false],
  [1023, false],
  [9001, false],
  [7, true],
  [1021, true],
  [2300, true],
])(
  'a NaN anywhere in a row of %i, strided %s, is seen in every regime',
  async (length, strided) => {
    const path = '/test/kernels/positions.page.ts';
    const found = await callInPage<typeof unseen>(page, path, 'unseen', length, strided);
    expect(Object.keys(found)).not.toEqual([]);
    for (const [regime, positions] of Object.entries(found)) expect(positions, regime).toEqual([]);
  },
);
