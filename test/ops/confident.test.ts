import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type { confidentRows, farRows } from './confident.page';

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
