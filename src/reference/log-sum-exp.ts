import { HIGH, logError, logTerm, put, saturate, ulp } from './bounds';
import { emptyReference, type HostTensor, type Reference } from './rows';
import { type LogitsOptions, SoftmaxRow } from './softmax-row';

/**
 * `s·max x′ + log Σ exp(t)` of each row, `t = s·(x′ − max x′)`, `x′ = x + mask`. A row of −∞ alone
 * gives −∞, a row with a +∞ gives +∞, a row with a NaN gives NaN; a finite result saturates.
 * @returns the shape of x without the axis
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function logSumExp(x: HostTensor, options: LogitsOptions = {}): Reference {
  const row = new SoftmaxRow('logSumExp', 'x', x, options);
  const lse = emptyReference(row.rows.rowShape);
  for (let r = 0; r < row.rows.count; r++) {
    row.load(r);
    setLogSumExp(lse, r, row);
  }
  return lse;
}

/** Sets element r of a per-row result to the loaded row's log-sum-exp. */
export function setLogSumExp(lse: Reference, r: number, row: SoftmaxRow): void {
  if (row.kind === 'finite') {
    const own = logSumExpError(row) - row.maskErrorOfLog;
    const term = row.high ? 'high' : logTerm(Math.max(largestPart(row), row.log));
    put(lse, r, saturate(row.logSumExp), term, own, 'mask', row.maskErrorOfLog);
  } else if (row.kind === 'nan') {
    lse.data[r] = NaN;
  } else {
    lse.data[r] = row.kind === 'infinite' ? Infinity : -Infinity;
  }
}

const largestPart = (row: SoftmaxRow): number =>
  Math.max(Math.abs(row.scale * row.max), Math.abs(row.logSumExp));

/** Error of log-sum-exp of a finite row. */
export function logSumExpError(row: SoftmaxRow): number {
  const parts = largestPart(row);
  // Half an ULP for the product s·max, half for the sum.
  const own = row.high ? HIGH * ulp(row.log) + ulp(parts) : logError(Math.max(parts, row.log));
  return own + row.maskErrorOfLog;
}
