import { describe, expect, test } from 'vitest';
import { compare } from '../../conformance/compare';
import { logits, normal, Random } from '../../conformance/random';
import {
  crossEntropy,
  crossEntropyGrad,
  type HostTensor,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  type Reference,
  softmax,
  softmaxJacobian,
  softmaxVjp,
} from '../../src/reference';
import { ulp } from '../../src/reference/bounds';
import { exp32, f32, row32, sum32 } from './f32-model';

/** The result passes, and comes near enough to its bound to show that the bound is not idle. */
function expectWithin(actual: Float32Array, expected: Reference, near: number): void {
  const { failures, maxShare } = compare(actual, expected);
  expect(failures).toBe(0);
  expect(maxShare).toBeGreaterThan(near);
}

const tensor = (data: Float32Array, shape = [data.length]): HostTensor => ({ data, shape });

test('ulp is the distance to the next f32', () => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (const v of [1, 1.5, 2, 3.9999, 4, 1e-30, 1e30, 2 ** -126, 2 ** -130, 2 ** -149]) {
    float[0] = v;
    const at = float[0]!;
    bits[0]!++;
    expect(ulp(at)).toBe(float[0]! - at);
    expect(ulp(-at)).toBe(ulp(at));
  }
  // Just below a power of two, where rounding to f32 first would double it.
  expect(ulp(2 - 2 ** -40)).toBe(2 ** -23);
  expect(ulp(0)).toBe(2 ** -149);
});

describe('the bound of softmax is the promise: 9 + c·d + c·d̄ ULP', () => {
  test.each([
    [1, 3],
    [0.5, 4],
  ])('scale %f: c = %i', (scale, c) => {
    const x = { data: [0, -2, -6], shape: [3] };
    const { data, bound } = softmax(x, { scale });
    const distance = [0, 2 * scale, 6 * scale];
    const mean = distance.reduce((sum, d, i) => sum + d * data[i]!, 0);
    data.forEach((p, i) => {
      expect(bound[i]! / ulp(p)).toBeCloseTo(9 + c * (distance[i]! + mean), 9);
    });
  });

  test('below 2⁻¹²⁶ the value itself is allowed, for the flush, and little more', () => {
    const { data, bound } = softmax({ data: [0, -90, -1e5], shape: [3] });
    expect(bound[1]! / data[1]!).toBeGreaterThan(1);
    expect(bound[1]! / data[1]!).toBeLessThan(1.001);
    expect(bound[2]).toBe(2 ** -149);
  });
});

test('the bound of logarithms is 4 ULP of the largest part, or 2⁻²⁰', () => {
  const x = { data: [0, -1000, -3], shape: [3] };
  expect(Array.from(logSoftmax(x).bound)).toEqual([2 ** -20, 4 * ulp(1000), 2 ** -20]);
  expect(logSumExp({ data: [700, 699], shape: [2] }).bound[0]).toBe(4 * ulp(700));
  const target = { data: Int32Array.of(1), shape: [1] };
  const { loss } = crossEntropy({ data: x.data, shape: [1, 3] }, target, {
    reduction: 'none',
  });
  expect(loss.bound[0]).toBe(4 * ulp(1000));
});

const rows: [string, Float32Array, number][] = [
  ['5 classes', logits(1, 5), 1],
  ['1000 classes', logits(2, 1000), 1],
  ['1000 classes, scale 0.7', logits(3, 1000), 0.7],
  ['1000 classes near 1000, scale 0.7', logits(4, 1000, { low: 990, high: 1010 }), 0.7],
  ['1000 classes far apart', logits(5, 1000, { low: -60, high: 60 }), 1],
  ['70 000 classes', logits(6, 70_000), 1],
];

describe.each(rows)('f32 arithmetic is within the bounds: %s', (_, x, scale) => {
  const random = new Random(9);
  const row = row32(x, scale, random);
  const g = normal(8, x.length);
  const s = f32(scale);
  const K = x.length;
  const label = Math.floor(K / 2);
  const target = { data: Int32Array.of(label), shape: [1] };

  test('softmax', () => {
    expectWithin(row.p, softmax(tensor(x), { scale }), 0.04);
  });

  test('logSoftmax and logSumExp', () => {
    const log = f32(Math.log(row.sum));
    const actual = row.t.map((t) => f32(t - log));
    expectWithin(actual, logSoftmax(tensor(x), { scale }), 0.002);
    expect(compare(Float32Array.of(row.lse), logSumExp(tensor(x), { scale })).ok).toBe(true);
  });

  test('softmaxVjp', () => {
    const y = row.p;
    const dot = sum32(y.map((p, i) => f32(p * g[i]!)));
    const actual = y.map((p, i) => f32(s * f32(p * f32(g[i]! - dot))));
    expectWithin(actual, softmaxVjp(tensor(y), tensor(g), { scale }), 0.04);
  });

  test('logSoftmaxVjp and logSoftmaxJvp', () => {
    const log = f32(Math.log(row.sum));
    const logY = row.t.map((t) => f32(t - log));
    const p = logY.map((l) => exp32(l, random));
    const total = sum32(g);
    const vjp = g.map((v, i) => f32(s * f32(v - f32(p[i]! * total))));
    expectWithin(vjp, logSoftmaxVjp(tensor(logY), tensor(g), { scale }), 0.04);
    const mean = sum32(p.map((v, i) => f32(v * g[i]!)));
    const jvp = g.map((v) => f32(s * f32(v - mean)));
    expectWithin(jvp, logSoftmaxJvp(tensor(logY), tensor(g), { scale }), 0.01);
  });

  test('logSumExpVjp', () => {
    const inverse = f32(1 / row.sum);
    const actual = row.e.map((e) => f32(s * f32(f32(e * inverse) * 1.5)));
    const upstream = { data: [1.5], shape: [] };
    expectWithin(actual, logSumExpVjp(tensor(x), upstream, { scale }), 0.04);
  });

  test('crossEntropy and crossEntropyGrad of a class', () => {
    const shape = [1, K];
    const others = row.e.slice();
    others[label] = 0;
    const log = row.t[label] === 0 ? Math.log1p(sum32(others)) : Math.log(row.sum);
    const loss = f32(f32(log) - row.t[label]!);
    const expected = crossEntropy(tensor(x, shape), target, { scale }).loss;
    expect(compare(Float32Array.of(loss), expected).ok).toBe(true);

    const grad = row.p.map((p) => f32(s * p));
    grad[label] = -f32(s * f32(sum32(others) / row.sum));
    expectWithin(grad, crossEntropyGrad(tensor(x, shape), target, { scale }), 0.03);
  });

  test('crossEntropy and crossEntropyGrad of soft targets, smoothed, with a z-loss', () => {
    const shape = [1, K];
    const y = row32(logits(7, K), 1, random).p;
    const options = { scale, labelSmoothing: 0.125, zLoss: 0.25 };
    const t = y.map((v) => f32(f32(0.875 * v) + f32(0.125 / K)));
    const log = f32(Math.log(row.sum));
    const total = sum32(t);
    const distances = sum32(t.map((v, k) => f32(v * -row.t[k]!)));
    const z = f32(0.25 * f32(row.lse * row.lse));
    const loss = f32(f32(f32(total * log) + distances) + z);
    const expected = crossEntropy(tensor(x, shape), tensor(y, shape), options).loss;
    expect(compare(Float32Array.of(loss), expected).ok).toBe(true);

    const slope = f32(f32(0.5 * s) * row.lse);
    const grad = row.p.map((p, k) => f32(f32(s * f32(f32(p * total) - t[k]!)) + f32(slope * p)));
    expectWithin(grad, crossEntropyGrad(tensor(x, shape), tensor(y, shape), options), 0.02);
  });
});

test('f32 arithmetic is within the bounds: the Jacobian', () => {
  const y = row32(logits(1, 30), 1, new Random(1)).p;
  const s = f32(0.7);
  const actual = new Float32Array(900);
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 30; j++) {
      actual[30 * i + j] = f32(s * f32(y[i]! * (i === j ? f32(1 - y[j]!) : -y[j]!)));
    }
  }
  expectWithin(actual, softmaxJacobian(tensor(y), { scale: 0.7 }), 0.4);
});

test('f32 arithmetic is within the bounds: an additive mask', () => {
  const random = new Random(11);
  const x = logits(12, 1000);
  const mask = tensor(logits(13, 1000, { low: 95, high: 105 }));
  const row = row32(
    x.map((v, i) => f32(v + mask.data[i]!)),
    0.7,
    random,
  );
  const options = { scale: 0.7, mask };
  expectWithin(row.p, softmax(tensor(x), options), 0.04);
  const log = f32(Math.log(row.sum));
  const logY = row.t.map((t) => f32(t - log));
  expectWithin(logY, logSoftmax(tensor(x), options), 0.1);
  expect(compare(Float32Array.of(row.lse), logSumExp(tensor(x), options)).ok).toBe(true);
});

test.each(['mean', 'sum'] as const)(
  'f32 arithmetic is within the bounds: %s over rows',
  (reduction) => {
    const random = new Random(18);
    const [rowCount, K] = [5000, 10];
    const x = logits(19, rowCount * K);
    const labels = Int32Array.from({ length: rowCount }, () => random.integer(K));
    const weights = Float32Array.from({ length: K }, () => random.uniform(0.5, 2));
    const losses = new Float32Array(rowCount);
    for (let r = 0; r < rowCount; r++) {
      const row = row32(x.subarray(r * K, (r + 1) * K), 1, random);
      const k = labels[r]!;
      losses[r] = f32(weights[k]! * f32(f32(Math.log(row.sum)) - row.t[k]!));
    }
    const divisor = reduction === 'mean' ? sum32(Float32Array.from(labels, (k) => weights[k]!)) : 1;
    const actual = Float32Array.of(f32(sum32(losses) * f32(1 / divisor)));
    const { loss } = crossEntropy(
      tensor(x, [rowCount, K]),
      { data: labels, shape: [rowCount] },
      { reduction, classWeights: tensor(weights) },
    );
    expect(compare(actual, loss).ok).toBe(true);
    expect(loss.bound[0]! / loss.data[0]!).toBeLessThan(20 * 2 ** -23);
  },
);

describe('mistakes are beyond the bounds', () => {
  const random = new Random(10);

  test('scaling before the maximum is subtracted', () => {
    const x = logits(4, 1000, { low: 990, high: 1010 });
    const s = f32(0.7);
    const { max } = row32(x, 0.7, random);
    const e = x.map((v) => f32(Math.exp(f32(f32(s * v) - f32(s * max)))));
    const sum = sum32(e);
    const actual = e.map((v) => f32(v / sum));
    expect(compare(actual, softmax(tensor(x), { scale: 0.7 })).failures).toBeGreaterThan(300);
  });

  test('one long chain of additions', () => {
    const x = logits(14, 2 ** 20);
    const row = row32(x, 1, random);
    const chain = row.e.reduce((a, b) => f32(a + b), 0);
    const p = row.e.map((v) => f32(v / chain));
    const expected = softmax(tensor(x));
    expect(compare(row.p, expected).failures).toBe(0);
    expect(compare(p, expected).failures).toBeGreaterThan(1000);
  });

  test('dropping the last class', () => {
    const x = logits(15, 1000);
    const without = x.map((v, i) => (i === 999 ? -1000 : v));
    x[999] = 5;
    const row = row32(without, 1, random);
    expect(compare(row.p, softmax(tensor(x))).failures).toBeGreaterThan(990);
  });

  test('p − 1 where it cancels, and log Σ where it is log1p', () => {
    const x = tensor(Float32Array.of(20, 0, 1), [1, 3]);
    const target = { data: Int32Array.of(0), shape: [1] };
    const row = row32(x.data as Float32Array, 1, random);
    const grad = Float32Array.of(f32(row.p[0]! - 1), row.p[1]!, row.p[2]!);
    expect(compare(grad, crossEntropyGrad(x, target)).firstFailures).toEqual([0]);
    const loss = Float32Array.of(f32(Math.log(row.sum)));
    expect(compare(loss, crossEntropy(x, target).loss).ok).toBe(false);
  });

  test('a gradient without its sum, or with the wrong sign or scale', () => {
    const y = tensor(row32(logits(16, 100), 1, random).p);
    const g = tensor(normal(17, 100));
    const right = softmaxVjp(y, g, { scale: 0.7 });
    const rounded = Float32Array.from(right.data);
    expect(compare(rounded, right).ok).toBe(true);
    const spoiled = [
      rounded.map((_, i) => f32(0.7 * y.data[i]! * g.data[i]!)),
      rounded.map((v) => -v),
      rounded.map((v) => v / f32(0.7)),
    ];
    for (const actual of spoiled) {
      expect(compare(actual, right).failures).toBeGreaterThan(95);
    }
  });
});
