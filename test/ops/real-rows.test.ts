/**
 * Filters on rows of a language model, where equals are no rarity and thousands of words may be kept.
 * Without a browser a part of them: the frequent words of two rows.
 */
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, sharedPage } from '../browser/page';
import { limitOf } from '../harness/chi-square';
import { realRows } from '../harness/real-rows';
import type { checkFilters, FilterCase } from './real-rows.page';

const inPart = browserUnderTest().engine === 'node';
const contexts = ['of the', 'one of', 'i am', 'we have'].slice(0, inPart ? 2 : 4);
const rows = realRows(contexts, inPart ? 5000 : undefined);
const [temperatures, shares] = inPart
  ? [[1], [0.99]]
  : [
      [0.5, 1, 1.5],
      [0.5, 0.9, 0.95, 0.99, 0.999],
    ];

const cases: FilterCase[] = temperatures.flatMap((temperature) => [
  ...shares.map((topP) => ({ temperature, topP })),
  { temperature, topK: 2000, topP: 0.9, minP: 1e-3 },
]);

test('filters keep what they promise of a language model’s words, and those alone are drawn', async () => {
  const page = await sharedPage();
  const path = '/test/ops/real-rows.page.ts';
  const outcome = await callInPage<typeof checkFilters>(
    page,
    path,
    'checkFilters',
    rows,
    cases,
    500,
  );
  const { problems, chiSquares, ...counted } = outcome;
  const chi = chiSquares.reduce((sum, one) => sum + one.chi, 0);
  const freedom = chiSquares.reduce((sum, one) => sum + one.freedom, 0);
  console.log(`real rows: ${JSON.stringify(counted)}, χ² ${chi.toFixed(0)} of ${freedom}`);
  expect(problems).toEqual([]);
  expect(counted.rows).toBe(2 * contexts.length * cases.length);
  expect(counted.different).toBeLessThanOrEqual(counted.rows / 20);
  expect(counted.most).toBeGreaterThan(inPart ? 1000 : 20_000);
  for (const one of chiSquares) {
    if (one.freedom > 0) expect(one.chi).toBeLessThan(limitOf(one.freedom));
  }
  expect(chi).toBeLessThan(limitOf(freedom));
});
