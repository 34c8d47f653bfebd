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
    'RangeError: sgdStep: learningRate: expected a finite f32, got undefined',
    'RangeError: sgdStep: learningRate: expected a finite f32, got NaN',
    "RangeError: sgdStep: grad: expected shape [4] (the weight's shape), got [5]",
    'RangeError: sgdStep: grad is in the same buffer as weight; give it a buffer of its own',
    'TypeError: sgdStep: velocity: expected a GpuTensor (of zeros to begin with) for momentum 0.9, got undefined',
    'RangeError: sgdStep: momentum 2 is out of range [0, 1]',
    "RangeError: sgdStep: velocity: expected shape [4] (the weight's shape), got [2, 2]",
  ]);
});
