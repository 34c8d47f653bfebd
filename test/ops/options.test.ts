/**
 * The rest of the size classes: every pair of two options, many rows, special values, Jacobians.
 * A failure's report says how to run its case again.
 */
import { test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import { kernels } from '../harness/matrix';
import { families } from '../harness/pairs';
import { check } from '../harness/summary';
import type { runJacobians, runManyRows, runPairs, runSpecials } from './matrix.page';

const PAGE = '/test/ops/matrix.page.ts';
const page = await openPage();

test.each(families.map((family, i) => [family.join(', '), i] as const))(
  'all pairs: %s',
  async (name, i) => {
    const summary = await callInPage<typeof runPairs>(page, PAGE, 'runPairs', i);
    check(`all ${summary.pairs} pairs of ${name}`, summary);
  },
);
test.each(kernels.map((kernel, i) => [JSON.stringify(kernel), i] as const))(
  'many rows: %s',
  async (name, i) => {
    const summary = callInPage<typeof runManyRows>(page, PAGE, 'runManyRows', i);
    check(`many ${name}`, await summary);
  },
);
test.each(kernels.map((kernel, i) => [JSON.stringify(kernel), i] as const))(
  'special values: %s',
  async (name, i) => {
    check(`special ${name}`, await callInPage<typeof runSpecials>(page, PAGE, 'runSpecials', i));
  },
);
test('softmaxJacobian', async () => {
  check('softmaxJacobian', await callInPage<typeof runJacobians>(page, PAGE, 'runJacobians'));
});
