/**
 * Results in the place of an input, or beside inputs in one buffer, at any byte offset: the same
 * bits as in a buffer of their own, and nothing around them touched.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './in-place.page';

const path = '/test/ops/in-place.page.ts';

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

const sharing = (...args: Parameters<typeof module.sharing>) =>
  callInPage<typeof module.sharing>(page, path, 'sharing', ...args);

const odd = [
  { shape: [3, 13], axis: -1 },
  { shape: [2, 7, 3], axis: 1 },
] as const;
/** Rows of whole vec4s, where offsets allow. */
const even = { shape: [3, 12], axis: -1 } as const;

/** A call of each way to read and write: kernels take a software adapter long to compile. */
const chosen = [
  'softmax',
  'logSumExp, broadcast mask',
  'softmaxVjp',
  'crossEntropyWithGrad, probabilities',
];

test.each([
  { regime: 'row-per-invocation', ...odd[0], places: 86 },
  { regime: 'split-per-invocation', ...odd[1], places: 97 },
] as const)('every operation: $regime, $shape along $axis', async (of) => {
  const { count, problems } = await sharing(of.shape, of.axis, of.regime);
  expect(problems).toEqual([]);
  expect(count).toBe(4 * of.places);
});

test.each([
  { regime: 'split-per-invocation', ...odd[0] },
  { regime: 'row-per-invocation', ...odd[1] },
  { regime: 'row-per-invocation', shape: [2, 4001], axis: -1 },
  { regime: 'split-per-invocation', shape: [2, 4001], axis: -1 },
] as const)('each way to read and write: $regime, $shape along $axis', async (of) => {
  const { count, problems } = await sharing(of.shape, of.axis, of.regime, chosen);
  expect(problems).toEqual([]);
  expect(count).toBe(4 * 20);
});

test('rows of whole vec4s', async () => {
  const { count, problems } = await sharing(even.shape, even.axis, 'row-per-invocation', chosen);
  expect(problems).toEqual([]);
  expect(count).toBe(4 * 20);
});

test.each(['row-per-subgroup', 'row-per-workgroup', 'split-per-workgroup'] as const)(
  'with lanes that work together: %s',
  async (regime) => {
    const possible = await callInPage<typeof module.canForce>(page, path, 'canForce', regime);
    if (!possible) expect(regime).toBe('row-per-subgroup');
    else {
      const [{ shape, axis }] = odd;
      const { count, problems } = await sharing(shape, axis, regime, chosen);
      expect(problems).toEqual([]);
      expect(count).toBe(4 * 20);
    }
  },
);

test('two results beside each other in one buffer, but not in one place', async () => {
  expect(await callInPage<typeof module.resultsTogether>(page, path, 'resultsTogether')).toEqual(
    [],
  );
});
