import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type { confidentRows, farRows, vastPenalty } from './confident.page';

test.each([7, 1000, 4100])(
  'the loss and gradient of confident rows of %s keep their relative precision',
  async (length) => {
    const page = await sharedPage();
    const { smallest, faults } = await callInPage<typeof confidentRows>(
      page,
      '/test/ops/confident.page.ts',
      'confidentRows',
      length,
    );
    expect(faults.join('\n\n')).toBe('');
    // log1p(Σ others) down to here: an absolute bound would be met by zeros.
    expect(smallest).toBeLessThan(length * 1e-29);
    expect(smallest).toBeGreaterThan(0);
  },
);

test.each([4, 1000, 4100])(
  'logSumExpVjp shares out rows of %s far from 0, whose log-sum-exp is one of their elements',
  async (length) => {
    const page = await sharedPage();
    const { largest, faults } = await callInPage<typeof farRows>(
      page,
      '/test/ops/confident.page.ts',
      'farRows',
      length,
    );
    expect(faults.join('\n\n')).toBe('');
    expect(largest).toBeCloseTo(1 / (length - 1), 6);
  },
);

test.each([
  [1e11, 6e34],
  [1e15, 1e38],
])('a z-loss of %d at a logit of %d stops at the largest f32', async (zLoss, logit) => {
  const path = '/test/ops/confident.page.ts';
  const args = ['vastPenalty', zLoss, logit] as const;
  const rows = await callInPage<typeof vastPenalty>(await sharedPage(), path, ...args);
  const most = 3.4028234663852886e38;
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows) expect(row).toEqual([most, 0, most, 0, 0]);
});
