/** Sizes past what one dispatch, one binding or one submission can take. */
import type { Page } from 'puppeteer';
import { beforeAll, describe, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './limits.page';

const path = '/test/ops/limits.page.ts';
const limit = 64 * 1024;

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

const blocks = (...args: Parameters<typeof module.blocks>) =>
  callInPage<typeof module.blocks>(page, path, 'blocks', ...args);

/** A call of each way to read and write. */
const chosen = [
  'softmax, mask',
  'logSumExp, broadcast mask',
  'softmaxVjp',
  'logSumExpVjp, mask',
  'crossEntropyGrad, weights, lossGrad',
  'crossEntropyWithGrad, probabilities',
];

describe('tensors over the binding limit are worked on in blocks', () => {
  test.each([
    { of: 'many rows', shape: [8501, 13], axis: -1, names: undefined, count: 26 },
    { of: 'rows of whole vec4s', shape: [8501, 12], axis: -1, names: chosen, count: 6 },
    {
      of: 'few rows for a Jacobian',
      shape: [31, 37],
      axis: -1,
      names: ['softmaxJacobian'],
      count: 1,
    },
    { of: 'strided', shape: [101, 7, 41], axis: 1, names: chosen, count: 6 },
    {
      of: 'long rows, each over the limit',
      shape: [2, 40_003],
      axis: -1,
      names: ['softmax, mask', 'logSumExp', 'softmaxVjp', 'logSumExpVjp', 'crossEntropyWithGrad'],
      count: 5,
    },
    {
      of: 'long columns',
      shape: [5001, 7],
      axis: 0,
      names: ['softmax, mask', 'logSumExp', 'softmaxVjp', 'logSumExpVjp', 'crossEntropyWithGrad'],
      count: 5,
    },
  ])('$of: $shape along $axis', async ({ shape, axis, names, count }) => {
    const result = await (names ? blocks(limit, shape, axis, names) : blocks(limit, shape, axis));
    expect(result.problems).toEqual([]);
    expect(result.count).toBe(count);
    expect(result.bindings).toBeGreaterThan(3 * count);
    expect(result.largest).toBeLessThanOrEqual(limit);
    expect(result.largest).toBeGreaterThan(limit / 2);
  });

  // One outer slab is over the limit and its rows are not split: blocks of columns.
  test.each([
    { shape: [7, 21_001], axis: 0 },
    { shape: [2, 7, 21_001], axis: 1 },
  ])('wide columns: $shape along $axis', async ({ shape, axis }) => {
    const result = await blocks(limit, shape, axis, chosen);
    expect(result.problems).toEqual([]);
    expect(result.count).toBe(6);
    expect(result.largest).toBeLessThanOrEqual(limit);
  });
});

test('a tensor over the default limit of 128 MiB', async () => {
  const { limit, bytes, wrong } = await callInPage<typeof module.overTheDefaultLimit>(
    page,
    path,
    'overTheDefaultLimit',
  );
  expect(bytes).toBeGreaterThan(limit);
  expect(wrong).toEqual([]);
});

test.each([
  'row-per-invocation',
  'row-per-workgroup',
  'split-per-invocation',
  'split-per-workgroup',
] as const)('more workgroups than fit one dimension: %s', async (regime) => {
  const { differs, widest, tallest } = await callInPage<typeof module.manyRows>(
    page,
    path,
    'manyRows',
    // A workgroup takes 64 rows or one; 40 × 40 of them fit.
    regime.endsWith('invocation') ? 2701 : 1003,
    40,
    regime,
  );
  expect(differs).toBe(-1);
  expect(widest).toBeLessThanOrEqual(40);
  expect(tallest).toBeGreaterThan(1);
});

test('a workgroup a row, 65 541 rows', async () => {
  expect(await callInPage<typeof module.manyWorkgroups>(page, path, 'manyWorkgroups', 65_541)).toBe(
    -1,
  );
});

test('what cannot be done is an error that names the limit and the number', async () => {
  const most = 'expected at most 65536 bytes (maxStorageBufferBindingSize)';
  expect(await callInPage<typeof module.impossible>(page, path, 'impossible')).toEqual({
    row: `RangeError: softmax: a row of 16384 elements in regime 'row-per-workgroup': ${most}, got 65536`,
    weights: `RangeError: crossEntropy: weights: ${most}, got 80000`,
    mask: `RangeError: softmax: mask: ${most}, got 80000`,
    jacobianInput: `RangeError: softmaxJacobian: x: ${most}, got 160000`,
    jacobianOutput: expect.stringMatching(
      /^RangeError: softmaxJacobian: the result of shape \[1, 40000, 40000\]: expected at most \d+ bytes \(maxBufferSize\), got 6400000000$/,
    ),
    after: '0.25,0.25,0.25,0.25',
  });
});
