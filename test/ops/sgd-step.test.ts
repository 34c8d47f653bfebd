import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './sgd-step.page';

const path = '/test/ops/sgd-step.page.ts';

test('steps with and without momentum, of any length', async () => {
  const page = await openPage();
  for (const count of [1, 63, 1001]) {
    expect(await callInPage<typeof module.steps>(page, path, 'steps', count)).toEqual([]);
  }
});

test('weight, gradient and velocity at byte offsets of their own', async () => {
  const page = await openPage();
  expect(await callInPage<typeof module.atOffsets>(page, path, 'atOffsets', 77)).toEqual([]);
});

test('wrong arguments are named', async () => {
  const page = await openPage();
  expect(await callInPage<typeof module.refused>(page, path, 'refused')).toEqual([
    'RangeError: sgdStep: learningRate is undefined; it may be a finite f32',
    'RangeError: sgdStep: learningRate is NaN; it may be a finite f32',
    "RangeError: sgdStep: grad has shape [5]; it must be [4], the weight's shape",
    'RangeError: sgdStep: grad is in the same buffer as weight; it may be in any other buffer',
    'TypeError: sgdStep: momentum is 0.9 and velocity is not given; it may be a GpuTensor of zeros to begin with',
    'RangeError: sgdStep: momentum is 2; it may be a number of 0 … 1',
    "RangeError: sgdStep: velocity has shape [2, 2]; it must be [4], the weight's shape",
  ]);
});
