import { describe, expect, test } from 'vitest';
import { type HostTensor, logSumExp, softmax } from '../../src/reference';
import { randomTensor } from './finite-differences';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The mask written out to the full shape, by walking every coordinate. */
function expand(mask: HostTensor, shape: readonly number[]): Float64Array {
  return Float64Array.from({ length: size(shape) }, (_, flat) => {
    let rest = flat;
    let at = 0;
    let step = 1;
    for (let d = shape.length - 1; d >= 0; d--) {
      const coordinate = rest % shape[d]!;
      rest = Math.floor(rest / shape[d]!);
      const m = d - (shape.length - mask.shape.length);
      if (m >= 0) {
        at += (mask.shape[m] === 1 ? 0 : coordinate) * step;
        step *= mask.shape[m]!;
      }
    }
    return mask.data[at]!;
  });
}

describe.each([
  [[2, 3, 4, 5], [5]],
  [[2, 3, 4, 5], [1]],
  [[2, 3, 4, 5], []],
  [
    [2, 3, 4, 5],
    [2, 1, 1, 5],
  ],
  [
    [2, 3, 4, 5],
    [1, 3, 4, 5],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 5],
  ],
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
  [
    [2, 3, 4, 5],
    [4, 1],
  ],
])('a mask broadcast to %j from %j', (shape, from) => {
  const x = randomTensor(1, shape);

  test.each([0, 1, 2, 3])('axis %i: additive equals adding', (axis) => {
    const mask = randomTensor(2, from);
    const full = expand(mask, shape);
    const sum = { data: full.map((m, i) => m + x.data[i]!), shape };
    const y = softmax(x, { axis, mask });
    expect(y.data).toEqual(softmax(sum, { axis }).data);
    expect(logSumExp(x, { axis, mask }).data).toEqual(logSumExp(sum, { axis }).data);
  });

  test.each([0, 1, 2, 3])('axis %i: boolean equals −∞ where it is 0', (axis) => {
    const keep = { data: Uint32Array.from({ length: size(from) }, (_, i) => i % 3), shape: from };
    const full = expand(keep, shape);
    const dropped = { data: full.map((m, i) => (m === 0 ? -Infinity : x.data[i]!)), shape };
    expect(softmax(x, { axis, mask: keep }).data).toEqual(softmax(dropped, { axis }).data);
  });
});

test.each([
  [1, 1],
  [3, 3],
  [2, 5],
  [1, 4],
])('causal for Q = %i, K = %i is aligned at the bottom right', (queries, keys) => {
  const shape = [2, queries, keys];
  const keep = Uint32Array.from({ length: queries * keys }, (_, i) =>
    Number(i % keys <= Math.floor(i / keys) + keys - queries),
  );
  expect(keep.subarray(-keys)).toEqual(new Uint32Array(keys).fill(1));
  const x = randomTensor(3, shape);
  const mask = { data: keep, shape: [queries, keys] };
  expect(softmax(x, { mask: 'causal' })).toEqual(softmax(x, { mask }));
});

test('rounding x + mask widens the bound, and only where it rounds', () => {
  const x = { data: Float32Array.of(1, 2, 3), shape: [3] };
  const plain = softmax({ data: [1.5, 2.5, 3.5], shape: [3] });
  const exact = softmax(x, { mask: { data: [0.5], shape: [1] } });
  expect(exact.bound).toEqual(plain.bound);
  const large = softmax(x, { mask: { data: [100.1], shape: [1] } });
  // Half an ULP of 101 … 103 is 2⁻¹⁸ in t, and as much in the sum.
  large.bound.forEach((bound, i) => {
    const widened = bound - plain.bound[i]!;
    expect(widened / (2 ** -17 * plain.data[i]!)).toBeCloseTo(1, 1);
  });
});

test('the mask is added before the scale', () => {
  const x = { data: [1, 2], shape: [2] };
  const mask = { data: [3, -1], shape: [2] };
  expect(softmax(x, { mask, scale: 0.5 }).data).toEqual(
    softmax({ data: [2, 0.5], shape: [2] }).data,
  );
});

test('a mask so large that rounding it decides the row leaves no NaN in the bounds', () => {
  const x = { data: [1, 2, 3, -Infinity], shape: [4] };
  const { data, bound } = softmax(x, { mask: { data: [1e20, 1e20, -1e30, 5], shape: [4] } });
  expect(Array.from(data)).toEqual([0.5, 0.5, 0, 0]);
  expect(bound[0]).toBe(Infinity);
  expect(bound[3]).toBeLessThan(1e-40);
});
