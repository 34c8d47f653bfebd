/**
 * The rest of the size classes: every pair of two options, and Jacobians. A failure's report says how
 * to run its case again.
 */
import { test } from 'vitest';
import { families } from '../../conformance/pairs';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import type { runJacobians, runPairs, runSelectionPairs } from './matrix.page';

const PAGE = '/test/ops/matrix.page.ts';
const page = await sharedPage();

test.each(families.map((family, i) => [family.join(', '), i] as const))(
  'all pairs: %s',
  async (name, i) => {
    const summary = await callInPage<typeof runPairs>(page, PAGE, 'runPairs', i);
    const { pairs, impossible } = summary;
    check(`all ${pairs} pairs of ${name} (${impossible} more cannot be)`, summary);
  },
);

test('all pairs: picks, filters, draws, log-probabilities', async () => {
  const summary = await callInPage<typeof runSelectionPairs>(page, PAGE, 'runSelectionPairs');
  const { pairs, impossible } = summary;
  check(`all ${pairs} pairs of what selects (${impossible} more cannot be)`, summary);
});

test('softmaxJacobian', async () => {
  check('softmaxJacobian', await callInPage<typeof runJacobians>(page, PAGE, 'runJacobians'));
});
