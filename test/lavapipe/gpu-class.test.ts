/**
 * The matrix of size classes on an engine that plans for a GPU: every regime, forced, and what the
 * planner picks, rows side by side and columns. `SHARE=0.05` runs a part of the cases, drawn by `SEED`.
 */
import { expect, test } from 'vitest';
import { kernels } from '../../conformance/matrix';
import { callInPage, sharedPage } from '../browser/page';
import { SEED, SHARE } from '../harness/share';
import type * as module from './gpu-class.page';

const PAGE = '/test/lavapipe/gpu-class.page.ts';
const page = await sharedPage();
const all = kernels.flatMap((kernel, i) =>
  [false, true].map((strided) => [JSON.stringify(kernel), strided, i] as const),
);

test.each(all)('%s, strided: %s', async (name, strided, i) => {
  const call = callInPage<typeof module.runMatrix>;
  const outcome = await call(page, PAGE, 'runMatrix', i, strided, SHARE, SEED);
  const { cases, elements, reports } = outcome;
  console.log(`${name}: ${cases} cases, ${elements} elements`);
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(0);
});
