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
 * The vector-Jacobian product of log-softmax: `dx = s · (dLogY − exp(logY) · Σ dLogY)`.
 * logY = −∞ is a probability of 0; any other value that is not finite makes its row NaN.
 * @param logY log-probabilities, as logSoftmax gave them
 * @param dLogY the gradient with respect to logY, of its shape
 * @returns the gradient with respect to x, of the same shape
 * @throws RangeError for a shape, axis or scale that does not fit
 */
export function logSoftmaxVjp(
  logY: HostTensor,
  dLogY: HostTensor,
  options: VjpOptions = {},
): Reference {
  const op = 'logSoftmaxVjp';
  const rows = rowsOf(op, 'logY', logY, options.axis);
  checkShape(op, 'dLogY', dLogY, rows.shape);
  const scale = scaleOf(op, options);
  const dx = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    const first = firstElement(rows, r);

    let sum = 0;
    let size = 0; // Σ |dLogY|
    let finite = true;
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const l = logY.data[i]!;
      const g = dLogY.data[i]!;
      finite &&= Number.isFinite(g) && l < Infinity;
      sum += g;
      size += Math.abs(g);
    }
    if (!finite) {
      fillRow(dx, rows, r, NaN);
      continue;
    }

    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const l = logY.data[i]!;
      const g = dLogY.data[i]!;
      const p = Math.exp(l);
      const value = saturate(scale * (g - p * sum));
      const parts = Math.abs(g) + p * Math.abs(sum);
      // exp 3 + 2|l|, a product ½; the sum; then a difference and a product, ½ U each.
      const expCost = p > 0 ? (3.5 + 2 * Math.abs(l)) * unit(p) * Math.abs(sum) : 0;
      const flushed = p < MIN_NORMAL || p * Math.abs(sum) < MIN_NORMAL ? p * Math.abs(sum) : 0;
      const rounding = scale * U * parts;
      const summed = scale * SUM * U * p * size;
      put(
        dx,
        i,
        value,
        'exp',
        scale * expCost,
        'sum',
        summed,
        'rounding',
        rounding,
        'flush',
        scale * flushed,
      );
    }
  }
  return dx;
}
