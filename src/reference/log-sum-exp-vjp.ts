import {
  allow,
  expGrowth,
  MIN_NORMAL,
  probabilityError,
  probabilityTerm,
  put,
  saturate,
  U,
} from './bounds';
import {
  checkShape,
  emptyReference,
  fillRow,
  firstElement,
  type HostTensor,
  type Reference,
} from './rows';
import type { SoftmaxOptions } from './softmax';
import { SoftmaxRow } from './softmax-row';

/**
 * The vector-Jacobian product of log-sum-exp: `dx = s · y · dLse`, `y = softmax(x′)`, `x′ = x + mask`.
 * A row that softmax makes NaN, or whose dLse is not finite, is NaN; one of −∞ alone is 0 with
 * `emptyRows: 'zero'`.
 * @param dLse the gradient with respect to lse: the shape of x without the axis
 * @returns the gradient with respect to x, of x's shape
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function logSumExpVjp(
  x: HostTensor,
  dLse: HostTensor,
  options: SoftmaxOptions = {},
): Reference {
  const op = 'logSumExpVjp';
  const row = new SoftmaxRow(op, 'x', x, options);
  const { rows, scale, high } = row;
  checkShape(op, 'dLse', dLse, rows.rowShape);
  const dx = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    const g = dLse.data[r]!;
    if (row.kind !== 'finite' || !Number.isFinite(g)) {
      const zero = row.kind === 'empty' && Number.isFinite(g) && options.emptyRows === 'zero';
      fillRow(dx, rows, r, zero ? 0 : NaN);
      continue;
    }
    let i = firstElement(rows, r);
    for (let k = 0; k < rows.length; k++, i += rows.inner) {
      const p = row.e[k]! / row.sum;
      const t = row.t[k]!;
      const move = row.maskError[k]! + row.maskErrorOfLog;
      const own = probabilityError(p, t, scale, row.meanDistance, 0, high);
      const moved = move > 0 ? expGrowth(p, t, move) : 0;
      const error = allow(p, own + moved);
      // Two products, ½ U each; either of the three may flush.
      const rounding = U * (p + error);
      const flushed = error - own - moved + (p * Math.min(1, Math.abs(g)) < MIN_NORMAL ? p : 0);
      const term = probabilityTerm(t, scale, row.meanDistance, high);
      const [value, f] = [saturate(scale * (p * g)), scale * Math.abs(g)];
      put(
        dx,
        i,
        value,
        term,
        f * own,
        'mask',
        f * moved,
        'rounding',
        f * rounding,
        'flush',
        f * flushed,
      );
    }
  }
  return dx;
}
