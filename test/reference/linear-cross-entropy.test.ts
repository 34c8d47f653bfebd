/** The linear layer's cross-entropy: central differences, composition, and how far f32 may be. */
import { describe, expect, test } from 'vitest';
import { compare } from '../../conformance/compare';
import { normal, Random } from '../../conformance/random';
import {
  crossEntropyWithGrad,
  type HostTensor,
  type LinearCrossEntropyOptions,
  linearCrossEntropy,
  softmax,
} from '../../src/reference';
import { expectClose } from './expect-close';
import { f32, row32 } from './f32-model';
import { numericGradient, randomTensor } from './finite-differences';

const [N, D, K] = [4, 3, 5];
const x = randomTensor(1, [N, D]);
const weight = randomTensor(2, [K, D]);
const bias = randomTensor(3, [K]);
const indices: HostTensor = { data: Int32Array.of(2, 0, -100, 4), shape: [N] };
const probabilities = softmax(randomTensor(5, [N, K]));
const classWeights: HostTensor = { data: Float32Array.of(0.5, 2, 1, 0.25, 3), shape: [K] };
const perRow: HostTensor = { data: [1.5, -2, 0.5, 1], shape: [N] };
const mask: HostTensor = { data: [0.5, -1, 2, 0, -0.25], shape: [K] };

const cases: [string, HostTensor, LinearCrossEntropyOptions][] = [
  ['plain', indices, {}],
  ['bias', indices, { bias }],
  ['sum, scale', indices, { bias, reduction: 'sum', scale: 0.75 }],
  ['none, lossGrad', indices, { bias, reduction: 'none', lossGrad: perRow }],
  ['probabilities', probabilities, { bias }],
  [
    'everything',
    indices,
    { bias, mask, temperature: 1.25, classWeights, labelSmoothing: 0.125, zLoss: 0.0625 },
  ],
];

/** The scalar that the gradients are of. */
function scalarLoss(
  at: { x?: HostTensor; weight?: HostTensor; bias?: HostTensor },
  targets: HostTensor,
  o: LinearCrossEntropyOptions,
): number {
  const bias = at.bias ?? o.bias;
  const { loss } = linearCrossEntropy(at.x ?? x, at.weight ?? weight, targets, {
    ...o,
    ...(bias && { bias }),
  });
  const g = o.lossGrad ?? 1;
  return loss.data.reduce((sum, v, i) => sum + v * (typeof g === 'number' ? g : g.data[i]!), 0);
}

describe.each(cases)('%s', (_, targets, o) => {
  const { dX, dWeight, dBias, ...losses } = linearCrossEntropy(x, weight, targets, o);

  test('gradients are those of central differences', () => {
    expectClose(
      dX.data,
      numericGradient(x, (at) => scalarLoss({ x: at }, targets, o)),
    );
    expectClose(
      dWeight.data,
      numericGradient(weight, (at) => scalarLoss({ weight: at }, targets, o)),
    );
    const zeros = { data: new Float64Array(K), shape: [K] };
    expectClose(
      dBias.data,
      numericGradient(o.bias ?? zeros, (at) => scalarLoss({ bias: at }, targets, o)),
    );
  });

  test('it is crossEntropy of a plain matrix product', () => {
    const { bias: b, rows: _rows, ...options } = o;
    const logits = {
      data: Float64Array.from({ length: N * K }, (_v, i) => {
        const [n, k] = [Math.floor(i / K), i % K];
        let sum = b?.data[k] ?? 0;
        for (let d = 0; d < D; d++) sum += x.data[n * D + d]! * weight.data[k * D + d]!;
        return sum;
      }),
      shape: [N, K],
    };
    const { grad, ...expected } = crossEntropyWithGrad(logits, targets, options);
    expect(losses.loss.data).toEqual(expected.loss.data);
    expect(losses.logSumExp.data).toEqual(expected.logSumExp.data);
    const g = (n: number, k: number) => grad.data[n * K + k]!;
    const sum = (count: number, term: (i: number) => number) =>
      Array.from({ length: count }, (_v, i) => term(i)).reduce((a, v) => a + v, 0);
    dX.data.forEach((v, i) => {
      const [n, d] = [Math.floor(i / D), i % D];
      expect(v).toBeCloseTo(
        sum(K, (k) => g(n, k) * weight.data[k * D + d]!),
        14,
      );
    });
    dWeight.data.forEach((v, i) => {
      const [k, d] = [Math.floor(i / D), i % D];
      expect(v).toBeCloseTo(
        sum(N, (n) => g(n, k) * x.data[n * D + d]!),
        14,
      );
    });
    dBias.data.forEach((v, k) => {
      expect(v).toBeCloseTo(
        sum(N, (n) => g(n, k)),
        14,
      );
    });
  });
});

test('rows: a batch picked from the data, and a row that does not exist', () => {
  const data = randomTensor(6, [6, D]);
  const labels: HostTensor = { data: Int32Array.of(0, 1, 2, 3, 4, 0), shape: [6] };
  const pick = [5, 2, 2, 0];
  const picked: HostTensor = {
    data: Float64Array.from(pick.flatMap((r) => [...data.data.slice(r * D, (r + 1) * D)])),
    shape: [N, D],
  };
  const targets = { data: Int32Array.from(pick, (r) => labels.data[r]!), shape: [N] };
  const rows = { data: Int32Array.from(pick), shape: [N] };
  expect(linearCrossEntropy(data, weight, labels, { bias, rows })).toEqual(
    linearCrossEntropy(picked, weight, targets, { bias }),
  );

  const gone = { data: Uint32Array.of(5, 6, 2, 0), shape: [N] };
  const none = { bias, rows: gone, reduction: 'none' } as const;
  const { loss, dX, dWeight } = linearCrossEntropy(data, weight, labels, none);
  expect(Array.from(loss.data, Number.isNaN)).toEqual([false, true, false, false]);
  expect(dX.data.subarray(D, 2 * D)).toEqual(new Float64Array(D));
  expect(dWeight.data.every(Number.isFinite)).toBe(true);
});

test.each([
  ['x', 'a matrix of 1 column or more, got shape [3]', { data: [1, 2, 3], shape: [3] }, weight, {}],
  ['weight', 'a matrix of 1 column or more, got shape [5, 0]', x, { data: [], shape: [K, 0] }, {}],
  ['x', 'shape [4, 2], got [4, 3]', x, randomTensor(1, [K, 2]), {}],
  ['bias', 'shape [5], got [1]', x, weight, { bias: { data: [1], shape: [1] } }],
  ['targets', 'shape [4], got [1]', x, weight, { rows: { data: Int32Array.of(0), shape: [1] } }],
] as const)('%s of another shape is an error', (name, what, of, by, o) => {
  const targets = name === 'targets' ? { data: Int32Array.of(1), shape: [1] } : indices;
  expect(() => linearCrossEntropy(of, by, targets, o)).toThrow(
    new RangeError(`linearCrossEntropy: ${name}: expected ${what}`),
  );
});

describe('the bound', () => {
  /** A sum of products with every operation rounded; chains of 32, added one after the other. */
  function dot32(length: number, a: (l: number) => number, b: (l: number) => number): number {
    let total = 0;
    for (let l = 0; l < length; l += 32) {
      let chain = 0;
      for (let i = l; i < Math.min(l + 32, length); i++) chain = f32(chain + f32(a(i) * b(i)));
      total = f32(total + chain);
    }
    return total;
  }

  /** What kernels in f32 make of it, of plain options. */
  function model(x: Float32Array, w: Float32Array, labels: Int32Array, [n, d, k]: number[]) {
    const random = new Random(9);
    const g = new Float32Array(n! * k!);
    for (let r = 0; r < n!; r++) {
      const logits = Float32Array.from({ length: k! }, (_, c) =>
        dot32(
          d!,
          (l) => x[r * d! + l]!,
          (l) => w[c * d! + l]!,
        ),
      );
      const { p } = row32(logits, 1, random);
      const label = labels[r]!;
      const others = p.reduce((sum, v, c) => (c === label ? sum : f32(sum + v)), 0);
      for (let c = 0; c < k!; c++) g[r * k! + c] = c === label ? -others : p[c]!;
    }
    const dX = Float32Array.from({ length: n! * d! }, (_, i) =>
      dot32(
        k!,
        (c) => g[Math.floor(i / d!) * k! + c]!,
        (c) => w[c * d! + (i % d!)]!,
      ),
    );
    const dWeight = Float32Array.from({ length: k! * d! }, (_, i) =>
      dot32(
        n!,
        (r) => g[r * k! + Math.floor(i / d!)]!,
        (r) => x[r * d! + (i % d!)]!,
      ),
    );
    return { dX, dWeight };
  }

  test.each([
    [70, 100, 33],
    [9, 700, 5],
    [200, 3, 10],
  ])('admits f32 arithmetic, %i × %i × %i, and is not idle', (n, d, k) => {
    const [xs, w] = [normal(1, n * d), normal(2, k * d, 1 / Math.sqrt(d))];
    const random = new Random(3);
    const labels = Int32Array.from({ length: n }, () => random.integer(k));
    const expected = linearCrossEntropy(
      { data: xs, shape: [n, d] },
      { data: w, shape: [k, d] },
      { data: labels, shape: [n] },
      { reduction: 'sum' },
    );
    const { dX, dWeight } = model(xs, w, labels, [n, d, k]);
    for (const [actual, of] of [
      [dX, expected.dX],
      [dWeight, expected.dWeight],
    ] as const) {
      const { failures, maxShare } = compare(actual, of);
      expect(failures).toBe(0);
      // Worst cases in a row: of 32 roundings one way, in every logit and sum.
      expect(maxShare).toBeGreaterThan(0.001);
    }
    // Nothing near a wrong result passes: one row left out, p − y of another class.
    const wrong = model(
      xs,
      w,
      Int32Array.from(labels, (c) => (c + 1) % k),
      [n, d, k],
    );
    expect(compare(wrong.dWeight, expected.dWeight).failures).toBeGreaterThan(d * k * 0.5);
    const short = model(xs.subarray(d), w, labels.subarray(1), [n - 1, d, k]);
    expect(compare(short.dWeight, expected.dWeight).failures).toBeGreaterThan(d * k * 0.5);
  });

  test('the logits’ rounding is inside the exponent', () => {
    const [d, k] = [784, 10];
    const xs = normal(4, d, 30);
    const w = normal(5, k * d);
    const expected = linearCrossEntropy(
      { data: xs, shape: [1, d] },
      { data: w, shape: [k, d] },
      { data: Int32Array.of(0), shape: [1] },
    );
    const { dX } = model(xs, w, Int32Array.of(0), [1, d, k]);
    expect(compare(dX, expected.dX).failures).toBe(0);
    // Logits near 1000: the loss may be off by more than a few ULP of it.
    expect(expected.loss.bound[0]).toBeGreaterThan(1e-3);
  });
});
