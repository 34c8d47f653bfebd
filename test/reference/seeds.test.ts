/** The worked examples of the texts the project began with, where those slip the right values. */
import { expect, test } from 'vitest';
import {
  crossEntropy,
  crossEntropyGrad,
  type HostTensor,
  softmax,
  softmaxJacobian,
  softmaxVjp,
} from '../../src/reference';
import { expectClose } from './expect-close';
import { numericGradient, randomTensor } from './finite-differences';

const round = (data: Float64Array): number[] => Array.from(data, (v) => Number(v.toFixed(6)));

test('softmax([2, 4, 2, 1]) to six places', () => {
  expect(round(softmax({ data: [2, 4, 2, 1], shape: [4] }).data)).toEqual([
    0.102491, 0.757313, 0.102491, 0.037704,
  ]);
});

test('the Jacobian is S_i (δ_ij − S_j), and its rows and columns sum to 0', () => {
  const y = softmax({ data: [2, 4, 2, 1], shape: [4] });
  const { data } = softmaxJacobian(y);
  for (let i = 0; i < 4; i++) {
    let row = 0;
    for (let j = 0; j < 4; j++) {
      const expected = i === j ? y.data[i]! * (1 - y.data[i]!) : -y.data[i]! * y.data[j]!;
      expect(data[4 * i + j]).toBeCloseTo(expected, 15);
      row += data[4 * i + j]!;
    }
    expect(row).toBeCloseTo(0, 15);
  }
});

test('mean square error, ½ Σ (y − t)², through the VJP', () => {
  const z = randomTensor(1, [4]);
  const t = [0, 1, 0, 0];
  const loss = (at: HostTensor) =>
    softmax(at).data.reduce((sum, y, k) => sum + (y - t[k]!) ** 2 / 2, 0);
  const y = softmax(z);
  const dy = y.data.map((v, k) => v - t[k]!);
  expectClose(softmaxVjp(y, { data: dy, shape: [4] }).data, numericGradient(z, loss));
});

test('cross-entropy, −Σ t log y, through the VJP gives y − t', () => {
  const y = softmax({ data: [2, 4, 2, 1], shape: [4] });
  const t = [0.1, 0.2, 0.3, 0.4];
  const dy = y.data.map((v, k) => -t[k]! / v);
  const dz = softmaxVjp(y, { data: dy, shape: [4] }).data;
  expectClose(
    dz,
    y.data.map((v, k) => v - t[k]!),
  );
});

test('one-hot cross-entropy has the gradient p − y, exactly', () => {
  const logits = { data: [2, 4, 2, 1], shape: [1, 4] };
  const p = softmax(logits).data;
  for (let label = 0; label < 4; label++) {
    const grad = crossEntropyGrad(logits, { data: Int32Array.of(label), shape: [1] }).data;
    const soft = crossEntropyGrad(logits, {
      data: p.map((_, k) => Number(k === label)),
      shape: [1, 4],
    }).data;
    for (let k = 0; k < 4; k++) {
      const expected = p[k]! - Number(k === label);
      expect(soft[k]).toBe(expected);
      // The class-index path sums the other probabilities: equal to float64’s last places.
      expect(Math.abs(grad[k]! - expected)).toBeLessThanOrEqual(2 ** -51);
    }
  }
});

test('targets that do not sum to 1 have the gradient p · Σ y − y', () => {
  const logits = { data: [2, 4, 2, 1], shape: [1, 4] };
  const y = [0.5, 2, -1, 0.25];
  const p = softmax(logits).data;
  expectClose(
    crossEntropyGrad(logits, { data: y, shape: [1, 4] }).data,
    p.map((v, k) => v * 1.75 - y[k]!),
  );
});

/** Σ_n (s_n − y_n) ⊗ x_n: K × D, row j is Σ_n x_n (s_nj − y_nj). */
function weightGradient(gradient: Float64Array, x: number[][], classes: number): number[][] {
  return Array.from({ length: classes }, (_, j) =>
    x[0]!.map((_, d) => x.reduce((sum, row, n) => sum + row[d]! * gradient[n * classes + j]!, 0)),
  );
}

test('the outer product of x = [2, 2, 2] with s − y has −0.8 and −1.6', () => {
  // Logits log s have softmax s.
  const s = [0.1, 0.7, 0.2];
  const logits = { data: s.map(Math.log), shape: [1, 3] };
  const grad = crossEntropyGrad(logits, { data: Int32Array.of(2), shape: [1] }).data;
  expect(round(grad)).toEqual([0.1, 0.7, -0.8]);
  const outer = weightGradient(grad, [[2, 2, 2]], 3);
  expect(outer.map((row) => row.map((v) => Number(v.toFixed(6))))).toEqual([
    [0.2, 0.2, 0.2],
    [1.4, 1.4, 1.4],
    [-1.6, -1.6, -1.6],
  ]);
});

test('the linear classifier’s gradient Σ_n (s_n − y_n) ⊗ x_n, and a step down it', () => {
  const x = [
    [1, -0.5],
    [0.25, 2],
    [-1, 0.75],
  ];
  const labels: HostTensor = { data: Int32Array.of(0, 2, 3), shape: [3] };
  const w = randomTensor(3, [4, 2]);
  const logits = (at: HostTensor): HostTensor => ({
    data: x.flatMap((row) =>
      [0, 1, 2, 3].map((j) => row[0]! * at.data[2 * j]! + row[1]! * at.data[2 * j + 1]!),
    ),
    shape: [3, 4],
  });
  const loss = (at: HostTensor) =>
    crossEntropy(logits(at), labels, { reduction: 'sum' }).loss.data[0]!;
  const grad = crossEntropyGrad(logits(w), labels, { reduction: 'sum' }).data;
  const dW = Float64Array.from(weightGradient(grad, x, 4).flat());
  expectClose(dW, numericGradient(w, loss));
  const stepped = { data: dW.map((v, i) => w.data[i]! - 0.1 * v), shape: [4, 2] };
  expect(loss(stepped)).toBeLessThan(loss(w));
});
