import { expect, test } from 'vitest';
import { compare } from '../../conformance/compare';
import { normal } from '../../conformance/random';
import { sgdStep } from '../../src/reference';
import { f32 } from './f32-model';

const shape = [50, 20];
const weight = { data: normal(1, 1000), shape };
const grad = { data: normal(2, 1000), shape };

test('W − α dW, and nothing more', () => {
  const stepped = sgdStep(weight, grad, { learningRate: 0.5 });
  expect(stepped.velocity.data).toEqual(Float64Array.from(grad.data));
  expect(stepped.weight.data).toEqual(
    Float64Array.from(weight.data, (w, i) => w - 0.5 * grad.data[i]!),
  );
});

test('momentum carries the velocity on', () => {
  const first = sgdStep(weight, grad, { learningRate: 0.25, momentum: 0.5 });
  const second = sgdStep(first.weight, grad, {
    learningRate: 0.25,
    momentum: 0.5,
    velocity: first.velocity,
  });
  second.weight.data.forEach((w, i) => {
    expect(w).toBeCloseTo(weight.data[i]! - 0.25 * (1 + 1.5) * grad.data[i]!, 12);
  });
});

test('the bound admits f32 arithmetic and rejects a step of another size', () => {
  const velocity = { data: normal(3, 1000), shape };
  const o = { learningRate: 0.1, momentum: 0.9 };
  const expected = sgdStep(weight, grad, { ...o, velocity });
  const step = (rate: number) => {
    const v = velocity.data.map((v, i) => f32(f32(f32(o.momentum) * v) + grad.data[i]!));
    return { v, w: weight.data.map((w, i) => f32(w - f32(f32(rate) * v[i]!))) };
  };
  const { v, w } = step(0.1);
  for (const [actual, of] of [
    [v, expected.velocity],
    [w, expected.weight],
  ] as const) {
    const { failures, maxShare } = compare(actual, of);
    expect(failures).toBe(0);
    expect(maxShare).toBeGreaterThan(0.5);
  }
  expect(compare(step(0.10001).w, expected.weight).failures).toBeGreaterThan(500);
});

test('what does not fit is an error', () => {
  expect(() => sgdStep(weight, { data: [1], shape: [1] }, { learningRate: 1 })).toThrow(
    'sgdStep: grad: expected shape [50, 20], got [1]',
  );
  expect(() => sgdStep(weight, grad, { learningRate: Number.NaN })).toThrow(
    'sgdStep: learningRate: expected a finite f32, got NaN',
  );
});
