/** The table of special values in docs/numerics.md, and saturation. */
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
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
} from '../../src/reference';

const INF = Infinity;
const MAX = 3.4028234663852886e38;
const zero = { emptyRows: 'zero' } as const;
const list = ({ data }: { data: Float64Array }) => Array.from(data, (v) => v + 0);
const vector = (...data: number[]): HostTensor => ({ data, shape: [data.length] });
const matrix = (...data: number[]): HostTensor => ({ data, shape: [1, data.length] });
const index = (...data: number[]): HostTensor => ({
  data: Int32Array.from(data),
  shape: [data.length],
});
const nans = [NaN, NaN, NaN];

describe('softmax, logSoftmax, logSumExp', () => {
  test('−∞ beside finite values counts for nothing', () => {
    const x = vector(0, -INF, 0);
    expect(list(softmax(x))).toEqual([0.5, 0, 0.5]);
    expect(list(logSoftmax(x))).toEqual([-Math.log(2), -INF, -Math.log(2)]);
    expect(list(logSumExp(x))).toEqual([Math.log(2)]);
  });

  test('a row of −∞ alone', () => {
    const x = vector(-INF, -INF, -INF);
    expect(list(softmax(x))).toEqual(nans);
    expect(list(softmax(x, zero))).toEqual([0, 0, 0]);
    expect(list(logSoftmax(x))).toEqual(nans);
    expect(list(logSoftmax(x, zero))).toEqual([-INF, -INF, -INF]);
    expect(list(logSumExp(x))).toEqual([-INF]);
  });

  test.each([
    ['NaN', NaN, NaN],
    ['+∞', INF, INF],
  ])('a row with a %s', (_, value, lse) => {
    for (const x of [vector(value, 0, -INF), vector(-INF, -INF, value), vector(1, value, 2)]) {
      for (const options of [{}, zero, { scale: 0 }]) {
        expect(list(softmax(x, options))).toEqual(nans);
        expect(list(logSoftmax(x, options))).toEqual(nans);
      }
      expect(list(logSumExp(x))).toEqual([lse]);
    }
  });

  test('NaN wins over +∞', () => {
    expect(list(logSumExp(vector(INF, NaN, 0)))).toEqual([NaN]);
    expect(list(logSumExp(vector(NaN, INF, 0)))).toEqual([NaN]);
  });

  test('other rows are untouched', () => {
    const x = { data: [0, 0, NaN, 0, -INF, -INF, 3, 3], shape: [4, 2] };
    expect(list(softmax(x))).toEqual([0.5, 0.5, NaN, NaN, NaN, NaN, 0.5, 0.5]);
    const [a, b, c, d] = list(softmax(vector(0, 0, -INF, 3)));
    expect(list(softmax(x, { axis: 0 }))).toEqual([NaN, a, NaN, b, NaN, c, NaN, d]);
  });

  test('special values allow no error, finite ones a positive one', () => {
    const x = { data: [0, -INF, NaN, 0], shape: [2, 2] };
    expect(Array.from(logSoftmax(x).bound, (b) => b > 0)).toEqual([true, false, false, false]);
    expect(softmax(x).bound[0]).toBeGreaterThan(0);
    expect(Array.from(logSumExp(x).bound, (b) => b > 0)).toEqual([true, false]);
  });

  test('scale 0 is uniform over what is not dropped', () => {
    const x = vector(5, -INF, -300);
    expect(list(softmax(x, { scale: 0 }))).toEqual([0.5, 0, 0.5]);
    expect(list(logSumExp(x, { scale: 0 }))).toEqual([Math.log(2)]);
  });

  test('an additive mask makes −∞, +∞ and NaN', () => {
    const mask = vector(-INF, 0, INF, INF);
    expect(list(logSumExp(vector(7, 1, 0, 0), { mask }))).toEqual([INF]);
    expect(list(logSumExp(vector(7, 1, -INF, 0), { mask }))).toEqual([NaN]);
    expect(list(softmax(vector(7, 1), { mask: vector(-INF, 0) }))).toEqual([0, 1]);
    expect(list(softmax(vector(INF, 1), { mask: vector(-INF, 0) }))).toEqual([NaN, NaN]);
  });

  test('a boolean or causal mask drops an element whatever it holds', () => {
    const mask = { data: Uint32Array.of(1, 0, 1), shape: [3] };
    for (const value of [NaN, INF, -INF, 1e30]) {
      expect(list(softmax(vector(2, value, 2), { mask }))).toEqual([0.5, 0, 0.5]);
      const x = { data: [2, value, 2, 2], shape: [2, 2] };
      expect(list(softmax(x, { mask: 'causal' }))).toEqual([1, 0, 0.5, 0.5]);
    }
  });

  test('finite logits give finite results: they saturate', () => {
    const x = vector(MAX, -MAX);
    expect(list(softmax(x))).toEqual([1, 0]);
    expect(list(logSoftmax(x))).toEqual([0, -MAX]);
    expect(list(logSoftmax(x, { scale: 3 }))).toEqual([0, -MAX]);
    expect(list(logSumExp(x, { scale: 3 }))).toEqual([MAX]);
    expect(list(logSumExp(vector(-MAX), { scale: 3 }))).toEqual([-MAX]);
    expect(list(logSumExp(x, { mask: vector(MAX, 0) }))).toEqual([MAX]);
    const { loss } = crossEntropy({ data: x.data, shape: [1, 2] }, index(1));
    expect(list(loss)).toEqual([MAX]);
  });
});

describe('VJPs and JVPs', () => {
  const y = vector(0.25, 0.5, 0.25);
  const g = vector(1, 2, 3);

  test.each([NaN, INF, -INF])('%f in either input makes the row NaN', (value) => {
    const bad = vector(1, value, 1);
    for (const op of [softmaxVjp, softmaxJvp]) {
      expect(list(op(y, bad))).toEqual(nans);
      expect(list(op(bad, g))).toEqual(nans);
    }
    for (const op of [logSoftmaxVjp, logSoftmaxJvp]) {
      expect(list(op(vector(-1, -1, -1), bad))).toEqual(nans);
      if (value !== -INF) {
        expect(list(op(bad, g))).toEqual(nans);
      }
    }
  });

  test('they poison their own row only', () => {
    const rows = { data: [0.5, 0.5, NaN, 0.5], shape: [2, 2] };
    const v = { data: [1, 3, 1, 3], shape: [2, 2] };
    expect(list(softmaxVjp(rows, v))).toEqual([-0.5, 0.5, NaN, NaN]);
  });

  test('logY = −∞ is a probability of 0', () => {
    const logY = vector(Math.log(0.5), -INF, Math.log(0.5));
    expect(list(logSoftmaxVjp(logY, g, { scale: 2 }))).toEqual([-4, 4, 0]);
    expect(list(logSoftmaxJvp(logY, g, { scale: 2 }))).toEqual([-2, 0, 2]);
  });

  test('logSumExpVjp', () => {
    const upstream = (value: number) => ({ data: [value], shape: [] });
    const two = upstream(2);
    expect(list(logSumExpVjp(vector(0, -INF, 0), two))).toEqual([1, 0, 1]);
    expect(list(logSumExpVjp(vector(0, NaN, 0), two))).toEqual(nans);
    expect(list(logSumExpVjp(vector(0, INF, 0), two, zero))).toEqual(nans);
    const empty = vector(-INF, -INF, -INF);
    expect(list(logSumExpVjp(empty, two))).toEqual(nans);
    expect(list(logSumExpVjp(empty, two, zero))).toEqual([0, 0, 0]);
    for (const value of [NaN, INF, -INF]) {
      expect(list(logSumExpVjp(vector(1), upstream(value)))).toEqual([NaN]);
      expect(list(logSumExpVjp(empty, upstream(value), zero))).toEqual(nans);
    }
  });

  test('logSumExpVjp of a row whose log-sum-exp has no digits left for its elements', () => {
    const far = { data: new Array<number>(4).fill(-1e9), shape: [4] };
    expect(list(logSumExpVjp(far, { data: [1], shape: [] }))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('the Jacobian is NaN where a factor is not finite', () => {
    expect(list(softmaxJacobian(vector(0.5, NaN)))).toEqual([0.25, NaN, NaN, NaN]);
    expect(list(softmaxJacobian(vector(INF, 0.5)))).toEqual([NaN, NaN, NaN, 0.25]);
  });
});

describe('cross-entropy', () => {
  const none = { reduction: 'none' } as const;
  const lossAndGrad = (x: HostTensor, t: HostTensor, options = {}) => {
    const { loss, grad } = crossEntropyWithGrad(x, t, { ...none, ...options });
    return [list(loss)[0], list(grad)];
  };
  const half = Math.log(2);

  test('−∞ off the target: finite, and no gradient there', () => {
    expect(lossAndGrad(matrix(0, -INF, 0), index(0))).toEqual([half, [-0.5, 0, 0.5]]);
    const soft = matrix(1, 0, 0);
    expect(lossAndGrad(matrix(0, -INF, 0), soft)).toEqual([half, [-0.5, 0, 0.5]]);
  });

  test('the target at −∞: +∞ and p − y', () => {
    expect(lossAndGrad(matrix(0, -INF, 0), index(1))).toEqual([INF, [0.5, -1, 0.5]]);
    const soft = matrix(0.5, 0.5, 0);
    expect(lossAndGrad(matrix(0, -INF, 0), soft)).toEqual([INF, [0, -0.5, 0.5]]);
    const smooth = { labelSmoothing: 0.75 };
    expect(lossAndGrad(matrix(0, -INF, 0), index(0), smooth)).toEqual([INF, [0, -0.25, 0.25]]);
    expect(lossAndGrad(matrix(0, -INF, 0), index(1), { scale: 0 })[0]).toBe(INF);
  });

  test('a row of −∞ alone', () => {
    const empty = matrix(-INF, -INF, -INF);
    for (const target of [index(0), matrix(1, 0, 0)]) {
      expect(lossAndGrad(empty, target)).toEqual([NaN, nans]);
      expect(lossAndGrad(empty, target, zero)).toEqual([0, [0, 0, 0]]);
      expect(list(crossEntropy(empty, target, none).logSumExp)).toEqual([-INF]);
    }
  });

  test.each([NaN, INF])('a row with %f', (value) => {
    for (const target of [index(0), matrix(1, 0, 0)]) {
      expect(lossAndGrad(matrix(0, value, 0), target)).toEqual([NaN, nans]);
      expect(lossAndGrad(matrix(0, value, 0), target, zero)).toEqual([NaN, nans]);
    }
  });

  test('an ignored row is 0 whatever it holds', () => {
    for (const x of [matrix(0, NaN, 0), matrix(INF, 0, 0), matrix(-INF, -INF, -INF)]) {
      expect(lossAndGrad(x, index(-100))).toEqual([0, [0, 0, 0]]);
      expect(lossAndGrad(x, index(-100), { lossGrad: NaN })).toEqual([0, [0, 0, 0]]);
    }
    const all = crossEntropyWithGrad(matrix(1, 2, 3), index(-100));
    expect(list(all.loss)).toEqual([NaN]);
    expect(list(all.grad)).toEqual([0, 0, 0]);
    expect(list(crossEntropy(matrix(1, 2, 3), index(-100), { reduction: 'sum' }).loss)).toEqual([
      0,
    ]);
  });

  test.each([3, -1, 2 ** 31 - 1, -(2 ** 31)])('class %i of 3: NaN loss, no gradient', (k) => {
    expect(lossAndGrad(matrix(0, 0, 0), index(k))).toEqual([NaN, [0, 0, 0]]);
    // It is not kept: the other row's mean is over one row.
    const x = { data: [0, 0, 0, 0, 0, 0], shape: [2, 3] };
    const { loss, grad } = crossEntropyWithGrad(x, index(k, 0));
    expect(list(loss)).toEqual([NaN]);
    const third = 1 / 3;
    const expected = [0, 0, 0, -2 / 3, third, third];
    list(grad).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 15);
    });
  });

  test('non-finite targets, weights and upstream gradients poison their own row', () => {
    const x = { data: [0, 0, 0, 0], shape: [2, 2] };
    const grad = (t: HostTensor, options = {}) => list(crossEntropyGrad(x, t, options));
    const half2 = [-0.5, 0.5];
    for (const bad of [NaN, INF, -INF]) {
      const soft = { data: [bad, 0, 1, 0], shape: [2, 2] };
      expect(grad(soft, none)).toEqual([NaN, NaN, ...half2]);
      expect(list(crossEntropy(x, soft, none).loss)).toEqual([NaN, half]);

      const classWeights = vector(bad, 1);
      expect(grad(index(0, 1), { classWeights })).toEqual([NaN, NaN, 0.5, -0.5]);
      expect(grad(index(1, 1), { ...none, classWeights })).toEqual([0.5, -0.5, 0.5, -0.5]);
      const smooth = { ...none, classWeights, labelSmoothing: 0.5 };
      expect(grad(index(1, 1), smooth)).toEqual([NaN, NaN, NaN, NaN]);

      expect(grad(index(0, 0), { ...none, lossGrad: vector(bad, 1) })).toEqual([
        NaN,
        NaN,
        ...half2,
      ]);
      expect(grad(index(0, -100), { lossGrad: bad })).toEqual([NaN, NaN, 0, 0]);
    }
  });

  test('kept rows without weight have no mean', () => {
    const o = { classWeights: vector(0, 1, 1) };
    const both = crossEntropyWithGrad(matrix(1, 2, 3), index(0), o);
    expect(list(both.loss)).toEqual([NaN]);
    expect(list(both.grad)).toEqual(nans);
    expect(lossAndGrad(matrix(1, 2, 3), index(0), o)).toEqual([0, [0, 0, 0]]);
  });

  test('no rows', () => {
    const x = { data: [], shape: [0, 3] };
    expect(list(crossEntropy(x, index()).loss)).toEqual([NaN]);
    expect(list(crossEntropy(x, index(), { reduction: 'sum' }).loss)).toEqual([0]);
    expect(crossEntropyWithGrad(x, index(), none)).toMatchObject({
      loss: { shape: [0] },
      grad: { shape: [0, 3] },
    });
    expect(softmax(x).shape).toEqual([0, 3]);
  });
});
