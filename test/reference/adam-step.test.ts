import { expect, test } from 'vitest';
import { compare } from '../../conformance/compare';
import { normal } from '../../conformance/random';
import { adamStep, type HostTensor, sgdStep } from '../../src/reference';
import { f32 } from './f32-model';
import {
  adamOptions,
  COUNT,
  firstWeight,
  gradOf,
  optimizers,
  sgdOptions,
} from './pytorch/training-steps';

const host = <D extends HostTensor['data']>(data: D) => ({ data, shape: [data.length] });
const zeros = (count: number) => host(new Float64Array(count));

test.each(optimizers)('100 steps are those of PyTorch: $optimizer, $lr, $weight_decay', (one) => {
  let weight: HostTensor = host(firstWeight());
  let [m, v, velocity]: HostTensor[] = [zeros(COUNT), zeros(COUNT), zeros(COUNT)];
  for (let step = 1; step <= 100; step++) {
    const grad = host(gradOf(step));
    if (one.optimizer === 'SGD') {
      ({ weight, velocity } = sgdStep(weight, grad, { ...sgdOptions(one), velocity }));
    } else {
      ({ weight, m, v } = adamStep(weight, grad, { ...adamOptions(one), m, v, step }));
    }
    // A rate of sgdStep is an f32, and weights come near 0.
    const digits = one.optimizer === 'SGD' ? 5 : 10;
    one.after[step]?.forEach((expected, i) => {
      expect(weight.data[i]! / expected).toBeCloseTo(1, digits);
    });
  }
});

const COUNT_F32 = 2000;
const weight = host(normal(1, COUNT_F32));
const grad = host(normal(2, COUNT_F32));
const m = host(normal(3, COUNT_F32));
const v = host(normal(4, COUNT_F32).map((d) => d * d));
const options = { m, v, step: 7, learningRate: 0.01, weightDecay: 0.1 };

test('the bound admits f32 arithmetic and rejects a step of another size', () => {
  const expected = adamStep(weight, grad, options);
  const stepped = (step: number) => {
    const [rate, root] = [f32(0.01 / (1 - 0.9 ** step)), f32(1 / Math.sqrt(1 - 0.999 ** step))];
    return weight.data.map((w, i) => {
      const mean = f32(f32(f32(0.9) * m.data[i]!) + f32(f32(1 - 0.9) * grad.data[i]!));
      const g2 = f32(grad.data[i]! * grad.data[i]!);
      const square = f32(f32(f32(0.999) * v.data[i]!) + f32(f32(1 - 0.999) * g2));
      const size = f32(f32(root * f32(Math.sqrt(square))) + f32(1e-8));
      return f32(f32(f32(1 - 0.001) * w) - f32(rate * f32(mean / size)));
    });
  };
  const { failures, maxShare } = compare(stepped(7), expected.weight);
  expect(failures).toBe(0);
  expect(maxShare).toBeGreaterThan(0.3);
  expect(compare(stepped(8), expected.weight).failures).toBeGreaterThan(1000);
});

test('the decay of Adam goes through both means, that of AdamW through neither', () => {
  const without = adamStep(weight, grad, { ...options, weightDecay: 0 });
  const decoupled = adamStep(weight, grad, options);
  const coupled = adamStep(weight, grad, { ...options, decoupled: false });
  expect(decoupled.m).toEqual(without.m);
  expect(decoupled.v).toEqual(without.v);
  expect(coupled.m.data[0]).toBeCloseTo(without.m.data[0]! + 0.1 * 0.1 * weight.data[0]!, 12);
  expect(decoupled.weight.data[0]).toBeCloseTo(
    without.weight.data[0]! - 0.01 * 0.1 * weight.data[0]!,
    12,
  );
});

test('what does not fit is an error', () => {
  expect(() => adamStep(weight, grad, { ...options, m: host([1]) })).toThrow(
    'adamStep: m: expected shape [2000], got [1]',
  );
  expect(() => adamStep(weight, grad, { ...options, learningRate: Infinity })).toThrow(
    'adamStep: learningRate: expected a finite f32, got Infinity',
  );
});
