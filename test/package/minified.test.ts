/** What the build makes of the library computes the same: some operations of each family of kernels. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { callInPage, openPage } from '../browser/page';
import { buildLibrary } from './library';
import type { runBuilt } from './minified.page';

/** Where the test's server finds it. */
const PATH = '/dist/minified';
const folder = fileURLToPath(new URL(`../..${PATH}`, import.meta.url));
beforeAll(async () => {
  await buildLibrary(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const seed = 1;
const cases: Case[] = [
  { op: 'softmax', shape: [3, 7], seed },
  { op: 'softmax', shape: [3, 200], seed, special: true },
  { op: 'softmax', shape: [2, 300], seed, regime: 'row-per-workgroup' },
  { op: 'softmax', shape: [2, 9000], seed, regime: 'split-per-workgroup' },
  { op: 'softmax', shape: [2, 200], seed, precision: 'high', scale: 0.7 },
  { op: 'softmax', shape: [3, 201], seed, f16: ['x', 'y'] },
  { op: 'logSoftmax', shape: [2, 9001], seed },
  { op: 'logSumExp', shape: [30, 6], axis: 0, seed, mask: 'additive' },
  { op: 'softmaxVjp', shape: [2, 40, 5], axis: 1, seed, inPlace: true },
  { op: 'logSumExpVjp', shape: [3, 130], seed },
  { op: 'softmaxJacobian', shape: [2, 9], seed },
  { op: 'crossEntropyWithGrad', shape: [4, 130], seed, weights: true, labelSmoothing: 0.1 },
  { op: 'crossEntropyWithGrad', shape: [4, 130], seed, precision: 'high', zLoss: 0.01 },
];

test('built, minified kernels are as exact as their sources', async () => {
  const page = await openPage();
  const { compared, faults } = await callInPage<typeof runBuilt>(
    page,
    '/test/package/minified.page.ts',
    'runBuilt',
    `${PATH}/index.js`,
    cases,
  );
  expect(faults).toEqual([]);
  expect(compared).toBeGreaterThan(40_000);
});
