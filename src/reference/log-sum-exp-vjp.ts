import { expGrowth, HIGH, halfUlp, MIN_NORMAL, put, saturate, ulp, unit } from './bounds';
import { rowMask } from './mask';
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
import type { SoftmaxOptions } from './softmax';

/**
 * The vector-Jacobian product of log-sum-exp: `dx = s · exp(s·x′ − lse) · dLse`, `x′ = x + mask`.
 * An element at −∞ gives 0; one that is NaN or +∞ gives NaN. A row whose dLse is not finite, or
 * whose lse is NaN or +∞, is NaN; one whose lse is −∞ (an empty row) is NaN, or 0 with
 * `emptyRows: 'zero'`.
 * @param lse log-sum-exp, as logSumExp gave it: the shape of x without the axis
 * @param dLse the gradient with respect to lse, of its shape
 * @returns the gradient with respect to x, of x's shape
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function logSumExpVjp(
  x: HostTensor,
  lse: HostTensor,
  dLse: HostTensor,
  options: SoftmaxOptions = {},
): Reference {
  const op = 'logSumExpVjp';
  const rows = rowsOf(op, 'x', x, options.axis);
  checkShape(op, 'lse', lse, rows.rowShape);
  checkShape(op, 'dLse', dLse, rows.rowShape);
  const scale = scaleOf(op, options);
  const high = options.precision === 'high';
  const mask = options.mask && rowMask(op, options.mask, rows);
  const z = new Float64Array(rows.length);
  const maskError = new Float64Array(rows.length);
  const dx = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    const l = lse.data[r]!;
    const g = dLse.data[r]!;
    if (!Number.isFinite(l) || !Number.isFinite(g)) {
      const zero = l === -Infinity && Number.isFinite(g) && options.emptyRows === 'zero';
      fillRow(dx, rows, r, zero ? 0 : NaN);
      continue;
    }
    const first = firstElement(rows, r);
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      z[k] = x.data[i]!;
    }
    mask?.apply(r, z, maskError);
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const zk = z[k]!;
      if (zk === -Infinity) {
        continue;
      }
      if (!Number.isFinite(zk)) {
        dx.data[i] = NaN;
        continue;
      }
      const a = scale * zk - l;
      const p = Math.exp(a);
      const value = saturate(scale * p * g);
      // The exponent: s·x′ rounds unless s is 1, then the difference, and x′ itself. With precision
      // 'high' the two are exact but for the least part of the product.
      const product = scale === 1 ? 0 : halfUlp(scale * zk);
      const own = high ? product * 2 ** -10 : product + halfUlp(a);
      const move = own + scale * maskError[k]!;
      // exp 3 + 2|a|, two products ½ each.
      const ulps = high ? HIGH * ulp(p) : (4 + 2 * Math.abs(a)) * unit(p);
      const relative = p > 0 ? ulps : 0;
      const flushed = p < MIN_NORMAL ? p : 0;
      const factor = scale * Math.abs(g);
      const moved = factor * expGrowth(p, a, move);
      const term = high ? 'high' : 'exp';
      const inside = scale * maskError[k]! > own ? 'mask' : 'exponent';
      put(dx, i, value, term, factor * relative, inside, moved, 'flush', factor * flushed);
    }
  }
  return dx;
}
