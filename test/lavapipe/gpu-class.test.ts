/**
 * The matrix of size classes as a GPU is given it: every regime, forced, × operation × row length × {1, 7} rows,
 * rows side by side and columns. `npm run test:wide`.
 */
import { expect, test } from 'vitest';
import { kernels } from '../../conformance/matrix';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './gpu-class.page';

const PAGE = '/test/lavapipe/gpu-class.page.ts';
const page = await sharedPage();
const all = kernels.flatMap((kernel, i) =>
  [false, true].map((strided) => [JSON.stringify(kernel), strided, i] as const),
);

test.each(all)('%s, strided: %s', async (name, strided, i) => {
  const outcome = await callInPage<typeof module.runMatrix>(page, PAGE, 'runMatrix', i, strided);
  const { cases, elements, reports } = outcome;
  console.log(`${name}: ${cases} cases, ${elements} elements`);
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(20);
});
