import { expGrowth, probabilityError, probabilityTerm, put } from './bounds';
import { emptyReference, fillRow, firstElement, type HostTensor, type Reference } from './rows';
import { type EmptyRowsOption, type LogitsOptions, SoftmaxRow } from './softmax-row';

/** Options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions extends LogitsOptions, EmptyRowsOption {}

/**
 * Probabilities of each row: `y = exp(t) / Σ exp(t)`, `t = s·(x′ − max x′)`, `x′ = x + mask`.
 * A row with a NaN or +∞ is NaN; a row of −∞ alone is NaN, or 0 with `emptyRows: 'zero'`.
 * @returns the shape of x
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function softmax(x: HostTensor, options: SoftmaxOptions = {}): Reference {
  const row = new SoftmaxRow('softmax', 'x', x, options);
  const { rows, scale } = row;
  const y = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    if (row.kind !== 'finite') {
      fillRow(y, rows, r, row.kind === 'empty' && options.emptyRows === 'zero' ? 0 : NaN);
      continue;
    }
    let i = firstElement(rows, r);
    for (let k = 0; k < rows.length; k++, i += rows.inner) {
      const p = row.e[k]! / row.sum;
      const move = row.maskError[k]! + row.maskErrorOfLog;
      const own = probabilityError(p, row.t[k]!, scale, row.meanDistance, 0, row.high);
      const moved = move > 0 ? expGrowth(p, row.t[k]!, move) : 0;
      const term = probabilityTerm(row.t[k]!, scale, row.meanDistance, row.high);
      put(y, i, p, term, own, 'mask', moved);
    }
  }
  return y;
}
