/**
 * The matrix of size classes: every regime, forced, × operation × row length × {1, 7} rows; then
 * special values and many rows, while the same kernels are there: compiling them takes longest.
 * `CASE='{…}'` runs one case instead, as a failure's report says; `SHARE=0.3` a part of them all, drawn
 * by `SEED`.
 */
import { describe, test } from 'vitest';
import { kernels } from '../../conformance/matrix';
import { callInPage, sharedPage } from '../browser/page';
import { keepAccuracy } from '../harness/accuracy';
import { SEED, SHARE } from '../harness/share';
import { check } from '../harness/summary';
import type { runList, runManyRows, runMatrix, runSpecials } from './matrix.page';

const PAGE = '/test/ops/matrix.page.ts';
const PART = [SHARE, SEED] as const;
const page = await sharedPage();
/** A kernel in words: its operation, and the options that make another of it. */
const labelOf = ({ op, targets, labelSmoothing, weights }: (typeof kernels)[number]) =>
  [op, targets, labelSmoothing && 'smoothing and z-loss', weights && 'weights']
    .filter(Boolean)
    .join(', ');

if (process.env.CASE) {
  const only = JSON.parse(process.env.CASE);
  test(`case ${process.env.CASE}`, async () => {
    check('case', await callInPage<typeof runList>(page, PAGE, 'runList', [only]));
  });
} else {
  describe.each(kernels.map((kernel, i) => [JSON.stringify(kernel), labelOf(kernel), i] as const))(
    '%s',
    (name, label, i) => {
      test.each([false, true])('strided: %s', async (strided) => {
        const summary = await callInPage<typeof runMatrix>(
          page,
          PAGE,
          'runMatrix',
          i,
          strided,
          PART,
        );
        if (SHARE === 1) keepAccuracy(label, summary.groups);
        check(`${name}${strided ? ' strided' : ''}`, summary);
      });
      test('special values', async () => {
        const summary = callInPage<typeof runSpecials>(page, PAGE, 'runSpecials', i, PART);
        check(`special ${name}`, await summary);
      });
      test('many rows', async () => {
        const summary = callInPage<typeof runManyRows>(page, PAGE, 'runManyRows', i, PART);
        check(`many ${name}`, await summary);
      });
    },
  );
}
