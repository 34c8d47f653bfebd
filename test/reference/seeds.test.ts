/** The worked examples of the texts the project began with, where those slip the right values. */
import { expect, test } from 'vitest';
import {
  crossEntropyGrad,
  type HostTensor,
  linearCrossEntropy,
  sgdStep,
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

const rounded = (rows: number, data: Float64Array): number[][] =>
  Array.from({ length: rows }, (_, j) =>
    round(data.slice((j * data.length) / rows, ((j + 1) * data.length) / rows)),
  );

test('the outer product of x = [2, 2, 2] with s − y has −0.8 and −1.6', () => {
  // Logits log s have softmax s.
  const s = [0.1, 0.7, 0.2];
  const { dWeight, dBias } = linearCrossEntropy(
    { data: [2, 2, 2], shape: [1, 3] },
    { data: new Float64Array(9), shape: [3, 3] },
    { data: Int32Array.of(2), shape: [1] },
    { bias: { data: s.map(Math.log), shape: [3] } },
  );
  expect(round(dBias.data)).toEqual([0.1, 0.7, -0.8]);
  // K × D: row j is x·(s_j − y_j).
  expect(dWeight.shape).toEqual([3, 3]);
  expect(rounded(3, dWeight.data)).toEqual([
    [0.2, 0.2, 0.2],
    [1.4, 1.4, 1.4],
    [-1.6, -1.6, -1.6],
  ]);
});

test('the linear classifier’s gradient Σ_n x_n (s_nj − y_nj), and a step down it', () => {
  const x = { data: [1, -0.5, 0.25, 2, -1, 0.75], shape: [3, 2] };
  const labels: HostTensor = { data: Int32Array.of(0, 2, 3), shape: [3] };
  const w = randomTensor(3, [4, 2]);
  const o = { reduction: 'sum' } as const;
  const { loss, dWeight } = linearCrossEntropy(x, w, labels, o);
  const s = [0, 1, 2].map(
    (n) =>
      softmax({
        data: [0, 1, 2, 3].map(
          (j) => x.data[2 * n]! * w.data[2 * j]! + x.data[2 * n + 1]! * w.data[2 * j + 1]!,
        ),
        shape: [4],
      }).data,
  );
  const expected = Float64Array.from({ length: 8 }, (_, i) => {
    const [j, d] = [i >> 1, i & 1];
    return [0, 1, 2].reduce(
      (sum, n) => sum + x.data[2 * n + d]! * (s[n]![j]! - Number(labels.data[n] === j)),
      0,
    );
  });
  expectClose(dWeight.data, expected);
  const { weight } = sgdStep(w, dWeight, { learningRate: 0.1 });
  expectClose(
    weight.data,
    expected.map((v, i) => w.data[i]! - Math.fround(0.1) * v),
  );
  expect(linearCrossEntropy(x, weight, labels, o).loss.data[0]).toBeLessThan(loss.data[0]!);
});
