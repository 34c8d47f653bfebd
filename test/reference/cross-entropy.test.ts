import { describe, expect, test } from 'vitest';
import {
  type CrossEntropyGradOptions,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  type HostTensor,
  logSoftmax,
  logSumExp,
  softmax,
} from '../../src/reference';
import { expectClose } from './expect-close';
import { numericGradient, randomTensor } from './finite-differences';

const shape = [4, 5];
const indices: HostTensor = { data: Int32Array.of(2, 0, -100, 4), shape: [4] };
const kept: HostTensor = { data: Int32Array.of(2, 0, 3, 4), shape: [4] };
const probabilities = softmax(randomTensor(5, shape));
const unnormalised = randomTensor(6, shape);
const classWeights: HostTensor = { data: Float32Array.of(0.5, 2, 1, 0.25, 3), shape: [5] };
const mask: HostTensor = { data: [0.5, -1, 2, 0, -0.25], shape: [5] };
const dropped: HostTensor = { data: Uint32Array.of(1, 0, 1, 1, 1), shape: [5] };
const perRow: HostTensor = { data: [1.5, -2, 0.5, 1], shape: [4] };

const targets: [string, HostTensor][] = [
  ['class indices', indices],
  ['probabilities', probabilities],
  ['unnormalised targets', unnormalised],
];
const options: [string, CrossEntropyGradOptions][] = [
  ['mean', {}],
  ['sum', { reduction: 'sum' }],
  ['none', { reduction: 'none', lossGrad: perRow }],
  ['scale', { scale: 0.75 }],
  ['temperature', { temperature: 2.5, reduction: 'sum' }],
  ['classWeights', { classWeights }],
  ['classWeights, sum', { classWeights, reduction: 'sum' }],
  ['labelSmoothing', { labelSmoothing: 0.125 }],
  ['labelSmoothing 1', { labelSmoothing: 1 }],
  ['labelSmoothing and classWeights', { labelSmoothing: 0.25, classWeights }],
  ['zLoss', { zLoss: 0.125 }],
  ['zLoss, none', { zLoss: 0.125, reduction: 'none', lossGrad: perRow, scale: 1.5 }],
  ['lossGrad number', { lossGrad: -2.5 }],
  ['lossGrad number, none', { lossGrad: 0.5, reduction: 'none' }],
  ['lossGrad tensor', { lossGrad: { data: [0.75], shape: [] }, reduction: 'sum' }],
  ['additive mask', { mask, scale: 0.5 }],
  [
    'everything',
    { mask, scale: 1.25, classWeights, labelSmoothing: 0.125, zLoss: 0.0625, lossGrad: 3 },
  ],
  [
    'everything, none',
    {
      mask,
      temperature: 1.25,
      classWeights,
      labelSmoothing: 0.125,
      zLoss: 0.0625,
      lossGrad: perRow,
      reduction: 'none',
    },
  ],
];

/** The scalar that the gradient is of: Σ lossGrad · loss. */
function scalarLoss(x: HostTensor, target: HostTensor, o: CrossEntropyGradOptions): number {
  const { loss } = crossEntropy(x, target, o);
  const g = o.lossGrad ?? 1;
  return loss.data.reduce((sum, v, i) => sum + v * (typeof g === 'number' ? g : g.data[i]!), 0);
}

describe.each(targets)('the gradient with %s', (_, target) => {
  test.each(options)('%s', (_, o) => {
    const x = randomTensor(7, shape, 2);
    const expected = numericGradient(x, (at) => scalarLoss(at, target, o));
    expectClose(crossEntropyGrad(x, target, o).data, expected);
  });
});

test('ignoreIndex may be any class', () => {
  const x = randomTensor(7, shape, 2);
  const o = { ignoreIndex: 4, zLoss: 0.125, labelSmoothing: 0.25 };
  expectClose(
    crossEntropyGrad(x, kept, o).data,
    numericGradient(x, (at) => scalarLoss(at, kept, o)),
  );
  expect(crossEntropyGrad(x, kept, o).data.subarray(15)).toEqual(new Float64Array(5));
});

test('a dropped class has no gradient', () => {
  const x = randomTensor(7, shape, 2);
  const o = { mask: dropped, zLoss: 0.125 };
  const grad = crossEntropyGrad(x, kept, o);
  expectClose(
    grad.data,
    numericGradient(x, (at) => scalarLoss(at, kept, o)),
  );
  expect([1, 6, 11, 16].map((i) => grad.data[i])).toEqual([0, 0, 0, 0]);
});

test.each([
  [0, [5, 4, 3]],
  [1, [4, 5, 3]],
  [-2, [4, 5, 3]],
])('axis %i of %j', (axis, dims) => {
  const rowShape = dims.filter((_, d) => d !== (axis + 3) % 3);
  const x = randomTensor(8, dims);
  const classes: HostTensor = {
    data: Int32Array.from({ length: 12 }, (_, r) => (r * 3) % 5),
    shape: rowShape,
  };
  const o = { axis, zLoss: 0.125, reduction: 'sum' } as const;
  for (const target of [classes, softmax(randomTensor(9, dims), { axis })]) {
    expectClose(
      crossEntropyGrad(x, target, o).data,
      numericGradient(x, (at) => scalarLoss(at, target, o)),
    );
  }
  const { loss, logSumExp: lse } = crossEntropy(x, classes, { axis, reduction: 'none' });
  expect(loss.shape).toEqual(rowShape);
  expect(lse).toEqual(logSumExp(x, { axis }));
});

describe('the value', () => {
  const x = randomTensor(10, shape, 3);
  const logY = logSoftmax(x).data;

  test('is −log p of the target', () => {
    const { loss } = crossEntropy(x, kept, { reduction: 'none' });
    [2, 0, 3, 4].forEach((k, r) => {
      expect(loss.data[r]).toBeCloseTo(-logY[r * 5 + k]!, 12);
    });
  });

  test('mean, sum and none agree, weights and ignored rows apart', () => {
    const none = crossEntropy(x, indices, { reduction: 'none', classWeights }).loss.data;
    expect(none[2]).toBe(0);
    const sum = none[0]! + none[1]! + none[3]!;
    expect(crossEntropy(x, indices, { reduction: 'sum', classWeights }).loss.data[0]).toBeCloseTo(
      sum,
      12,
    );
    // The weights of classes 2, 0 and 4.
    expect(crossEntropy(x, indices, { classWeights }).loss.data[0]).toBeCloseTo(
      sum / (1 + 0.5 + 3),
      12,
    );
    expect(crossEntropy(x, indices, { classWeights }).loss.shape).toEqual([]);
  });

  test('of probabilities: the mean is over all rows even with weights', () => {
    const none = crossEntropy(x, probabilities, { reduction: 'none', classWeights }).loss.data;
    const mean = crossEntropy(x, probabilities, { classWeights }).loss.data[0];
    expect(mean).toBeCloseTo(none.reduce((a, b) => a + b, 0) / 4, 12);
  });

  test('of one-hot probabilities is that of class indices', () => {
    const oneHot = new Float64Array(20);
    [2, 0, 3, 4].forEach((k, r) => {
      oneHot[r * 5 + k] = 1;
    });
    const o = { labelSmoothing: 0.25, zLoss: 0.5, reduction: 'none' } as const;
    const byIndex = crossEntropyWithGrad(x, kept, o);
    const byRow = crossEntropyWithGrad(x, { data: oneHot, shape }, o);
    expect(byIndex.loss.data).toEqual(byRow.loss.data);
    expect(byIndex.grad.data).toEqual(byRow.grad.data);
  });

  test('label smoothing of one half over two classes', () => {
    // t′ = [0.75, 0.25]; logits log 3 and 0 have p = [0.75, 0.25]: the entropy of [0.75, 0.25].
    const { loss } = crossEntropy(
      { data: [Math.log(3), 0], shape: [1, 2] },
      { data: Int32Array.of(0), shape: [1] },
      { labelSmoothing: 0.5 },
    );
    expect(loss.data[0]).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 14);
  });

  test('the z-loss is that share of the square of log-sum-exp', () => {
    const plain = crossEntropy(x, kept, { reduction: 'none' });
    const z = crossEntropy(x, kept, { reduction: 'none', zLoss: 0.5 });
    z.loss.data.forEach((v, r) => {
      expect(v - plain.loss.data[r]!).toBeCloseTo(0.5 * plain.logSumExp.data[r]! ** 2, 11);
    });
  });

  test('crossEntropyWithGrad gives both', () => {
    const o = { labelSmoothing: 0.25, zLoss: 0.5, lossGrad: 2 };
    const both = crossEntropyWithGrad(x, kept, o);
    const { labelSmoothing, zLoss } = o;
    expect({ loss: both.loss, logSumExp: both.logSumExp }).toEqual(
      crossEntropy(x, kept, { labelSmoothing, zLoss }),
    );
    expect(both.grad).toEqual(crossEntropyGrad(x, kept, o));
  });
});

describe('nothing cancels', () => {
  // The target leads by 60: log p ≈ −e⁻⁶⁰, far below what 1 − p can hold.
  const x: HostTensor = { data: [60, 0, -5], shape: [1, 3] };
  const target: HostTensor = { data: Int32Array.of(0), shape: [1] };
  const others = Math.exp(-60) + Math.exp(-65);

  test('the loss of a target at the maximum keeps its digits, and its bound is relative', () => {
    const { loss } = crossEntropy(x, target);
    expect(loss.data[0]! / others).toBeCloseTo(1, 12);
    expect(loss.bound[0]!).toBeLessThan(1e-4 * others);
    expect(loss.bound[0]!).toBeGreaterThan(1e-6 * others);
  });

  test('the target’s gradient is minus the sum of the others', () => {
    const grad = crossEntropyGrad(x, target);
    expect(grad.data[0]! / -others).toBeCloseTo(1, 12);
    expect(grad.bound[0]!).toBeLessThan(1e-4 * others);
    expect(grad.data[1]! / Math.exp(-60)).toBeCloseTo(1, 12);
  });
});
