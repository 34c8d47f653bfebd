/**
 * The matrix of DESIGN's size classes: every regime, forced, × operation × row length × {1, 7} rows.
 * `CASE='{…}'` runs one case instead, as a failure's report says.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import { kernels } from '../harness/matrix';
import { families } from '../harness/pairs';
import type {
  runJacobians,
  runList,
  runManyRows,
  runMatrix,
  runPairs,
  runSpecials,
  Summary,
} from './matrix.page';

const PAGE = '/test/ops/matrix.page.ts';
const page = await openPage();
const totals = { cases: 0, elements: 0 };

function check(name: string, summary: Summary): void {
  totals.cases += summary.cases;
  totals.elements += summary.elements;
  console.log(
    `${name}: ${summary.cases} cases, ${summary.maxUlp.toFixed(2)} ULP and ${summary.maxShare.toFixed(3)} × the bound at most, at ${summary.worst}`,
  );
  expect(summary.reports.join('\n\n')).toBe('');
  expect(summary.cases).toBeGreaterThan(0);
}

if (process.env.CASE) {
  const only = JSON.parse(process.env.CASE);
  test(`case ${process.env.CASE}`, async () => {
    check('case', await callInPage<typeof runList>(page, PAGE, 'runList', [only]));
  });
} else {
  describe.each(kernels.map((kernel, i) => ({ name: JSON.stringify(kernel), i })))(
    '$name',
    ({ name, i }) => {
      test.each([false, true])('strided: %s', async (strided) => {
        check(
          `${name}${strided ? ' strided' : ''}`,
          await callInPage<typeof runMatrix>(page, PAGE, 'runMatrix', i, strided),
        );
      });
    },
  );
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
}

afterAll(() => console.log(`matrix: ${totals.cases} cases, ${totals.elements} elements compared`));
