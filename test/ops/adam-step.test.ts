import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import { optimizers } from '../reference/pytorch/training-steps';
import type * as module from './adam-step.page';
import type { runList } from './matrix.page';

const path = '/test/ops/adam-step.page.ts';
const page = await sharedPage();

test('steps of any length, the first and later ones, with each kind of decay', async () => {
  const cases = [1, 63, 1001].flatMap((length): Case[] => [
    { op: 'adamStep', shape: [length], seed: 100 },
    { op: 'adamStep', shape: [length], seed: length + 4, weightDecay: 0.1, byteOffset: 4 },
    { op: 'adamStep', shape: [length], seed: 200, weightDecay: 0.1, decoupled: false },
    { op: 'sgdStep', shape: [length], seed: length, weightDecay: 0.1 },
    {
      op: 'sgdStep',
      shape: [length],
      seed: length,
      weightDecay: 0.1,
      momentum: 0.9,
      byteOffset: 4,
    },
  ]);
  const summary = await callInPage<typeof runList>(
    page,
    '/test/ops/matrix.page.ts',
    'runList',
    cases,
  );
  check('training steps', summary);
});

test('100 steps differ from those of PyTorch by less than 1e-5', async () => {
  const largest = await callInPage<typeof module.differences>(page, path, 'differences');
  console.log(`relative differences: ${largest.map((d) => d.toExponential(1)).join(', ')}`);
  expect(largest).toHaveLength(optimizers.length);
  for (const difference of largest) expect(difference).toBeLessThan(1e-5);
});

test('wrong arguments are named', async () => {
  expect(await callInPage<typeof module.refused>(page, path, 'refused')).toEqual([
    "RangeError: adamStep: grad: expected shape [4] (the weight's shape), got [5]",
    "RangeError: adamStep: m: expected shape [4] (the weight's shape), got [2, 2]",
    'TypeError: adamStep: v: expected a GpuTensor (made by tensor() or wrap()), got undefined',
    'RangeError: adamStep: v is in the same buffer as m; give it a buffer of its own',
    'RangeError: adamStep: m is in the same buffer as weight; give it a buffer of its own',
    'RangeError: adamStep: step 0 is out of range [1, 2147483647]',
    'RangeError: adamStep: step: expected an integer in [1, 2147483647], got 1.5',
    'RangeError: adamStep: learningRate: expected a finite f32, got NaN',
    'RangeError: adamStep: beta1: expected a number in [0, 1), got 1',
    'RangeError: adamStep: beta2: expected a number in [0, 1), got -0.1',
    'RangeError: adamStep: epsilon: expected a number in [2⁻¹²⁶, 3.4e38], got 0',
    'RangeError: adamStep: weightDecay -1 is out of range [0, 3.4e+38]',
    "TypeError: adamStep: decoupled: expected a boolean, got 'yes'",
  ]);
});
