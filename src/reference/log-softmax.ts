import { HIGH, logError, logTerm, put, saturate, ulp } from './bounds';
import { emptyReference, fillRow, firstElement, type HostTensor, type Reference } from './rows';
import type { SoftmaxOptions } from './softmax';
import { SoftmaxRow } from './softmax-row';

/**
 * Log-probabilities of each row: `t − log Σ exp(t)`, `t = s·(x′ − max x′)`, `x′ = x + mask`.
 * Finite elements give finite results: they saturate at the least f32. A −∞ element gives −∞; a row
 * with a NaN or +∞ is NaN; a row of −∞ alone is NaN, or −∞ with `emptyRows: 'zero'`.
 * @returns the shape of x
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function logSoftmax(x: HostTensor, options: SoftmaxOptions = {}): Reference {
  const row = new SoftmaxRow('logSoftmax', 'x', x, options);
  const { rows, scale } = row;
  const logY = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    if (row.kind !== 'finite') {
      const zero = row.kind === 'empty' && options.emptyRows === 'zero';
      fillRow(logY, rows, r, zero ? -Infinity : NaN);
      continue;
    }
    const floor = Math.max(Math.abs(scale * row.max), row.log);
    let i = firstElement(rows, r);
    for (let k = 0; k < rows.length; k++, i += rows.inner) {
      const value = saturate(row.t[k]! - row.log);
      const largest = Math.max(floor, -value);
      const own = row.high ? HIGH * ulp(value) : logError(largest);
      const term = row.high ? 'high' : logTerm(largest);
      put(logY, i, value, term, own, 'mask', row.maskError[k]! + row.maskErrorOfLog);
    }
  }
  return logY;
}
