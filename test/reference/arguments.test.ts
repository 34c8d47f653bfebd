/** Every wrong argument is a RangeError that names it, what it was and what it may be. */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  type HostTensor,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  type SoftmaxOptions,
  sample,
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
  topK,
} from '../../src/reference';
import { isOurs } from '../harness/grammar';

const zeros = (...shape: number[]): HostTensor => ({
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  shape,
});
const x = zeros(128, 1000);
const classes = (...shape: number[]): HostTensor => ({
  data: new Int32Array(shape.reduce((a, b) => a * b, 1)),
  shape,
});

function expectRange(call: () => unknown, message: string): void {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(message);
  expect(call).toThrow(expect.objectContaining({ message: expect.toSatisfy(isOurs) }));
}

test('an axis out of range', () => {
  expectRange(
    () => softmax(x, { axis: 3 }),
    'softmax: axis 3 is out of range [-2, 1] for shape [128, 1000]',
  );
  const range = '[-2, 1] for shape [128, 1000]';
  for (const axis of [2, -3]) {
    expectRange(() => softmax(x, { axis }), `softmax: axis ${axis} is out of range ${range}`);
  }
  for (const axis of [0.5, NaN]) {
    const message = `softmax: axis: expected an integer in ${range}, got ${axis}`;
    expectRange(() => softmax(x, { axis }), message);
  }
  expectRange(
    () => softmax({ data: [1], shape: [] }),
    'softmax: axis: expected a tensor of rank 1 or more, got shape []',
  );
});

test('each operation checks, under its own name', () => {
  const axis = { axis: 5 };
  const calls: [string, () => unknown][] = [
    ['softmax', () => softmax(x, axis)],
    ['logSoftmax', () => logSoftmax(x, axis)],
    ['logSumExp', () => logSumExp(x, axis)],
    ['softmaxVjp', () => softmaxVjp(x, x, axis)],
    ['softmaxJvp', () => softmaxJvp(x, x, axis)],
    ['logSoftmaxVjp', () => logSoftmaxVjp(x, x, axis)],
    ['logSoftmaxJvp', () => logSoftmaxJvp(x, x, axis)],
    ['logSumExpVjp', () => logSumExpVjp(x, zeros(128), axis)],
    ['softmaxJacobian', () => softmaxJacobian(x, axis)],
    ['crossEntropy', () => crossEntropy(x, classes(128), axis)],
    ['crossEntropyGrad', () => crossEntropyGrad(x, classes(128), axis)],
    ['crossEntropyWithGrad', () => crossEntropyWithGrad(x, classes(128), axis)],
  ];
  for (const [name, call] of calls) {
    expectRange(call, `${name}: axis 5 is out of range`);
  }
});

test('a shape that is none, or does not count the elements', () => {
  expectRange(
    () => softmax({ data: [1, 2, 3], shape: [2, 2] }),
    'softmax: x: expected length 4 for shape [2, 2], got 3',
  );
  const sizes = 'softmax: x: expected a shape of integers >= 0, got';
  expectRange(() => softmax({ data: [], shape: [2, -1] }), `${sizes} [2, -1]`);
  expectRange(() => softmax({ data: [1], shape: [0.5, 2] }), `${sizes} [0.5, 2]`);
});

test('a row without an element, where one is to be taken or a class named', () => {
  const none = zeros(3, 0);
  const more = 'x: expected 1 element or more along axis 1, got shape [3, 0]';
  expectRange(() => topK(none, 1), `topK: ${more}`);
  expectRange(() => sample(none, { seed: 1 }), `sample: ${more}`);
  expectRange(
    () => crossEntropy(none, classes(3)),
    "crossEntropy: targets: expected probabilities (the logits' shape is [3, 0], without a class for an index), got",
  );
});

test.each<[SoftmaxOptions, string]>([
  [{ scale: -1 }, 'scale: expected a finite f32 >= 0, got -1'],
  [{ scale: NaN }, 'scale: expected a finite f32 >= 0, got NaN'],
  [{ scale: Infinity }, 'scale: expected a finite f32 >= 0, got Infinity'],
  [{ scale: 1e39 }, 'scale: expected a finite f32 >= 0, got 1e+39'],
  [{ temperature: 0 }, 'temperature: expected a finite f32 > 0 whose inverse is one too, got 0'],
  [{ temperature: -1 }, 'temperature: expected a finite f32 > 0 whose inverse is one too, got -1'],
  [
    { temperature: NaN },
    'temperature: expected a finite f32 > 0 whose inverse is one too, got NaN',
  ],
  [
    { temperature: Infinity },
    'temperature: expected a finite f32 > 0 whose inverse is one too, got Infinity',
  ],
  [
    { temperature: 1e-39 },
    'temperature: expected a finite f32 > 0 whose inverse is one too, got 1e-39',
  ],
  [{ scale: 1, temperature: 1 }, 'scale (1) and temperature (1) are both given; give one of them'],
])('options %j', (options, message) => {
  expectRange(() => softmax(x, options), `softmax: ${message}`);
});

test('scale and temperature are taken as f32 rounds them', () => {
  const row = { data: [1, 5], shape: [2] };
  expect(softmax(row, { scale: 0.1 }).data).toEqual(
    softmax({ data: [0, 4 * Math.fround(0.1)], shape: [2] }).data,
  );
  expect(softmax(row, { temperature: 3 })).toEqual(softmax(row, { scale: Math.fround(1 / 3) }));
});

describe('masks', () => {
  test('that do not broadcast', () => {
    expectRange(
      () => softmax(x, { mask: zeros(128) }),
      'softmax: mask: expected a shape that broadcasts to [128, 1000] (each dimension, from the last, 1 or the same), got [128]',
    );
    expectRange(
      () => softmax(x, { mask: zeros(1, 128, 1000) }),
      'mask: expected a shape that broadcasts',
    );
    expectRange(
      () => softmax(x, { mask: { data: [1], shape: [1000] } }),
      'mask: expected length 1000 for shape [1000], got 1',
    );
  });

  test('of signed integers', () => {
    expectRange(
      () => softmax(x, { mask: classes(1000) }),
      'softmax: mask: expected a Float32Array (additive) or a Uint32Array (boolean), got an Int32Array',
    );
  });

  test('causal without room', () => {
    const mask = 'causal';
    expectRange(
      () => softmax(zeros(5), { mask }),
      "mask: expected dimensions [..., Q, K] for 'causal', got shape [5]",
    );
    expectRange(
      () => softmax(zeros(5, 5), { mask, axis: 0 }),
      "mask: expected the last axis for 'causal', got axis 0 of shape [5, 5]",
    );
    expectRange(
      () => softmax(zeros(5, 4), { mask }),
      "mask: expected Q <= K for 'causal', got Q 5 and K 4 of shape [5, 4]",
    );
  });
});

test('tensors that must match', () => {
  const other = zeros(128, 999);
  expectRange(
    () => softmaxVjp(x, other),
    'softmaxVjp: dy: expected shape [128, 1000], got [128, 999]',
  );
  expectRange(() => softmaxJvp(x, other), 'softmaxJvp: dx: expected shape');
  expectRange(() => logSoftmaxVjp(x, other), 'logSoftmaxVjp: dLogY: expected shape');
  expectRange(() => logSoftmaxJvp(x, other), 'logSoftmaxJvp: dx: expected shape');
  expectRange(
    () => logSumExpVjp(x, zeros(128, 1)),
    'logSumExpVjp: dLse: expected shape [128], got [128, 1]',
  );
});

describe('cross-entropy', () => {
  test('targets of another shape', () => {
    expectRange(
      () => crossEntropy(x, classes(127)),
      'crossEntropy: targets: expected shape [128] of class indices (Int32Array, Uint32Array) or [128, 1000] of ' +
        'probabilities (Float32Array), got [127]',
    );
    expectRange(() => crossEntropy(x, zeros(128)), '(Float32Array), got [128]');
    expectRange(
      () => crossEntropyGrad(x, classes(128, 1000)),
      'crossEntropyGrad: targets: expected shape [128] of class indices',
    );
    expectRange(
      () => crossEntropy(x, { data: new Int32Array(5), shape: [128] }),
      'targets: expected length 128 for shape [128], got 5',
    );
  });

  test('options', () => {
    const t = classes(128);
    const bad = (options: object, message: string) =>
      expectRange(() => crossEntropyGrad(x, t, options), `crossEntropyGrad: ${message}`);
    bad({ reduction: 'max' }, "reduction: expected 'mean', 'sum' or 'none', got 'max'");
    bad({ ignoreIndex: 0.5 }, 'ignoreIndex: expected an integer, got 0.5');
    bad({ labelSmoothing: -0.1 }, 'labelSmoothing -0.1 is out of range [0, 1]');
    bad({ labelSmoothing: 1.1 }, 'labelSmoothing 1.1 is out of range [0, 1]');
    bad({ labelSmoothing: NaN }, 'labelSmoothing: expected a number in [0, 1], got NaN');
    bad({ zLoss: -1 }, 'zLoss: expected a finite f32 >= 0, got -1');
    bad({ zLoss: Infinity }, 'zLoss: expected a finite f32 >= 0, got Infinity');
    bad({ classWeights: zeros(999) }, 'classWeights: expected shape [1000], got [999]');
    bad(
      { lossGrad: zeros(2) },
      "lossGrad: expected 1 element with reduction 'mean', got shape [2]",
    );
    bad({ lossGrad: zeros(2), reduction: 'none' }, 'lossGrad: expected shape [128], got [2]');
  });
});

test('integers of another realm are integers', () => {
  const data = runInNewContext('new Int32Array([1])') as Int32Array;
  const x = { data: [1, 2, 3], shape: [1, 3] };
  const own = crossEntropy(x, { data: Int32Array.of(1), shape: [1] });
  expect(crossEntropy(x, { data, shape: [1] }).loss.data).toEqual(own.loss.data);
  const mask = { data: runInNewContext('new Uint32Array([1, 0, 1])') as Uint32Array, shape: [3] };
  expect(softmax(x, { mask }).data[1]).toBe(0);
});
