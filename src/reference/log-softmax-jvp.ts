import { MIN_NORMAL, put, SUM, saturate, U, unit } from './bounds';
import {
  checkShape,
  emptyReference,
  fillRow,
  firstElement,
  type HostTensor,
  type Reference,
  rowsOf,
  scaleOf,
} from './rows';
import type { VjpOptions } from './softmax-vjp';

/**
 * The Jacobian-vector product of log-softmax: `s · (dx − Σ exp(logY)·dx)`.
 * logY = −∞ is a probability of 0; any other value that is not finite makes its row NaN.
 * @param logY log-probabilities, as logSoftmax gave them
 * @param dx a direction in x, of logY's shape
 * @returns the change of logY along it, of the same shape
 * @throws RangeError for a shape, axis or scale that does not fit
 */
export function logSoftmaxJvp(
  logY: HostTensor,
  dx: HostTensor,
  options: VjpOptions = {},
): Reference {
  const op = 'logSoftmaxJvp';
  const rows = rowsOf(op, 'logY', logY, options.axis);
  checkShape(op, 'dx', dx, rows.shape);
  const scale = scaleOf(op, options);
  const result = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    const first = firstElement(rows, r);

    let mean = 0; // Σ p·dx
    let size = 0; // Σ |p·dx|
    let meanError = 0;
    let finite = true;
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const l = logY.data[i]!;
      const v = dx.data[i]!;
      const p = Math.exp(l);
      const term = p * Math.abs(v);
      finite &&= Number.isFinite(v) && l < Infinity;
      mean += p * v;
      size += term;
      if (p > 0) {
        // exp 3 + 2|l|, a product ½.
        meanError += (3.5 + 2 * Math.abs(l)) * unit(p) * Math.abs(v);
        meanError += p < MIN_NORMAL || term < MIN_NORMAL ? term : 0;
      }
    }
    if (!finite) {
      fillRow(result, rows, r, NaN);
      continue;
    }

    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const v = dx.data[i]!;
      const value = saturate(scale * (v - mean));
      // A difference and a product, ½ U each.
      const rounding = scale * U * (Math.abs(v) + Math.abs(mean));
      const summed = scale * SUM * U * size;
      put(result, i, value, 'exp', scale * meanError, 'sum', summed, 'rounding', rounding);
    }
  }
  return result;
}
