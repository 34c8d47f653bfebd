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
}

test('an axis out of range', () => {
  expectRange(
    () => softmax(x, { axis: 3 }),
    'softmax: axis 3 is out of range for a tensor of rank 2 (shape [128, 1000]); axis may be -2 … 1',
  );
  for (const axis of [2, -3, 0.5, NaN]) {
    expectRange(() => softmax(x, { axis }), `softmax: axis ${axis} is out of range`);
  }
  expectRange(() => softmax({ data: [1], shape: [] }), 'rank 0 (shape []); it has no axis');
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
    'softmax: x has 3 elements; shape [2, 2] needs 4',
  );
  expectRange(() => softmax({ data: [], shape: [2, -1] }), 'softmax: x has shape [2, -1]');
  expectRange(() => softmax({ data: [1], shape: [0.5, 2] }), 'integer of at least 0');
});

test('a row without an element, where one is to be taken or a class named', () => {
  const none = zeros(3, 0);
  expectRange(() => topK(none, 1), 'topK: axis 1 of shape [3, 0] has length 0');
  expectRange(() => sample(none, { seed: 1 }), 'sample: axis 1 of shape [3, 0] has length 0');
  expectRange(() => crossEntropy(none, classes(3)), "crossEntropy: the logits' shape is [3, 0]");
});

test.each<[SoftmaxOptions, string]>([
  [{ scale: -1 }, 'scale is -1; it must be a finite f32 of at least 0'],
  [{ scale: NaN }, 'scale is NaN'],
  [{ scale: Infinity }, 'scale is Infinity'],
  [{ scale: 1e39 }, 'scale is 1e+39'],
  [{ temperature: 0 }, 'temperature is 0; it must be above 0'],
  [{ temperature: -1 }, 'temperature is -1'],
  [{ temperature: NaN }, 'temperature is NaN'],
  [{ temperature: Infinity }, 'temperature is Infinity'],
  [{ temperature: 1e-39 }, 'temperature is 1e-39'],
  [{ scale: 1, temperature: 1 }, 'scale 1 and temperature 1 are both given'],
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
      'softmax: mask of shape [128] does not broadcast to [128, 1000]',
    );
    expectRange(() => softmax(x, { mask: zeros(1, 128, 1000) }), 'does not broadcast');
    expectRange(
      () => softmax(x, { mask: { data: [1], shape: [1000] } }),
      'mask has 1 elements; shape [1000] needs 1000',
    );
  });

  test('of signed integers', () => {
    expectRange(() => softmax(x, { mask: classes(1000) }), 'mask holds Int32Array; it may be');
  });

  test('causal without room', () => {
    const mask = 'causal';
    expectRange(() => softmax(zeros(5), { mask }), "mask 'causal' needs dimensions [..., Q, K]");
    expectRange(() => softmax(zeros(5, 5), { mask, axis: 0 }), 'needs the last axis; axis is 0');
    expectRange(() => softmax(zeros(5, 4), { mask }), 'needs Q ≤ K; shape [5, 4] has Q 5, K 4');
  });
});

test('tensors that must match', () => {
  const other = zeros(128, 999);
  expectRange(
    () => softmaxVjp(x, other),
    'softmaxVjp: dy has shape [128, 999]; it must be [128, 1000]',
  );
  expectRange(() => softmaxJvp(x, other), 'softmaxJvp: dx has shape');
  expectRange(() => logSoftmaxVjp(x, other), 'logSoftmaxVjp: dLogY has shape');
  expectRange(() => logSoftmaxJvp(x, other), 'logSoftmaxJvp: dx has shape');
  expectRange(() => logSumExpVjp(x, zeros(128, 1)), 'dLse has shape [128, 1]');
});

describe('cross-entropy', () => {
  test('targets of another shape', () => {
    expectRange(
      () => crossEntropy(x, classes(127)),
      'crossEntropy: targets have shape [127]; class indices (Int32Array, Uint32Array) need [128], ' +
        'probabilities (Float32Array) [128, 1000]',
    );
    expectRange(() => crossEntropy(x, zeros(128)), 'targets have shape [128]');
    expectRange(() => crossEntropyGrad(x, classes(128, 1000)), 'crossEntropyGrad: targets have');
    expectRange(
      () => crossEntropy(x, { data: new Int32Array(5), shape: [128] }),
      'targets has 5 elements',
    );
  });

  test('options', () => {
    const t = classes(128);
    const bad = (options: object, message: string) =>
      expectRange(() => crossEntropyGrad(x, t, options), `crossEntropyGrad: ${message}`);
    bad({ reduction: 'max' }, "reduction is 'max'; it may be 'mean', 'sum' or 'none'");
    bad({ ignoreIndex: 0.5 }, 'ignoreIndex is 0.5; it must be an integer');
    bad({ labelSmoothing: -0.1 }, 'labelSmoothing is -0.1; it must be in 0 … 1');
    bad({ labelSmoothing: 1.1 }, 'labelSmoothing is 1.1');
    bad({ labelSmoothing: NaN }, 'labelSmoothing is NaN');
    bad({ zLoss: -1 }, 'zLoss is -1; it must be a finite f32 of at least 0');
    bad({ zLoss: Infinity }, 'zLoss is Infinity');
    bad({ classWeights: zeros(999) }, 'classWeights has shape [999]; it must be [1000]');
    bad({ lossGrad: zeros(2) }, "lossGrad has shape [2]; reduction 'mean' needs one element");
    bad({ lossGrad: zeros(2), reduction: 'none' }, 'lossGrad has shape [2]; it must be [128]');
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
