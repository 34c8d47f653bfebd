/** Plans of a training step's kernels; what they compute is tested by the operations. */
import { expect, test } from 'vitest';
import { planPick } from '../../src/map/pick-rows';
import { planSgdStep } from '../../src/map/sgd-step';
import { dispatchesOf } from './kernels';
import { device } from './variants';

const region = (count: number, byteOffset = 0) => ({
  buffer: { usage: 0xff } as GPUBuffer,
  byteOffset,
  dtype: 'f32' as const,
  count,
});

test('a step over the binding limit is taken in blocks, the same of each tensor', () => {
  const on = { ...device, maxBinding: 16_384 };
  const count = 10_001;
  const [weight, grad, velocity] = [region(count, 4), region(count, 260), region(count, 1028)];
  const task = { weight, grad, velocity, learningRate: 0.5, momentum: 0.25, weightDecay: 0 };
  const steps = dispatchesOf(planSgdStep('test', task, on));
  let at = 0;
  for (const { params, ranges, workgroups } of steps) {
    for (const [role, { byteOffset }] of Object.entries({ weight, grad, velocity })) {
      const { offset, size } = ranges.find((range) => range.role === role)!;
      expect(offset % 256, role).toBe(0);
      expect(offset + 4 * params[`offset_${role}`]!, role).toBe(byteOffset + 4 * at);
      expect(size, role).toBe(4 * (params[`offset_${role}`]! + params.count!));
      expect(size, role).toBeLessThanOrEqual(on.maxBinding);
    }
    expect(params).toMatchObject({ learning_rate: 0.5, momentum: 0.25 });
    expect(workgroups[0] * workgroups[1] * 256).toBeGreaterThanOrEqual(params.count!);
    at += params.count!;
  }
  expect(at).toBe(count);
  expect(steps.length).toBeGreaterThan(1);
});

test('rows are picked from all of x, which must fit a binding', () => {
  const task = {
    x: region(600),
    rowsOfX: 100,
    width: 6,
    rows: region(7),
    y: region(42),
    missing: 5,
  };
  const [step] = planPick('test', task, device).steps;
  expect(step).toMatchObject({ params: { count: 42, width: 6, rows_of_x: 100, missing: 5 } });
  expect(() => planPick('test', task, { ...device, maxBinding: 1024 })).toThrow(
    'test: x: expected at most 1024 bytes (maxStorageBufferBindingSize), got 2400',
  );
});
