import { type AdjustOptions, adjusted } from './adjust';
import { logError, logTerm, put, saturate, U } from './bounds';
import {
  checkElements,
  emptyReference,
  type HostTensor,
  type Reference,
  refuse,
  rowsOf,
} from './rows';
import type { SoftmaxOptions } from './softmax';
import { SoftmaxRow } from './softmax-row';
import { isLarger, placeOf } from './top-k';

/** Options of `logProbabilities`. */
export interface LogProbabilitiesOptions extends SoftmaxOptions, AdjustOptions {}

/** Log-probabilities at given places of each row, and their ranks. */
export interface LogProbabilitiesReference {
  /** Of the shape of the indices. */
  values: Reference;
  /** As many: 1 for the row's largest; −1 for what is out of range. */
  ranks: Int32Array;
}

/** Error of log1p(Σ others), in U: exp 3, sum 3, the partial sums rescaled twice 4, the logarithm 4. */
const CONFIDENT = 14;

/**
 * The log-probabilities t − log Σ exp(t), t = s·(x′ − max), of given elements of each row: of the row's
 * largest −log1p of the others' sum. A rank is 1 and the number of elements before it: those that are
 * larger, a NaN more than anything, and equals with a lower index. Out of range NaN and −1.
 * @param indices of the shape of x with an axis of another length, or without it
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function logProbabilities(
  x: HostTensor,
  indices: HostTensor,
  options: LogProbabilitiesOptions = {},
): LogProbabilitiesReference {
  const op = 'logProbabilities';
  const { x: logits, error } = adjusted(op, x, rowsOf(op, 'x', x, options.axis), options);
  const row = new SoftmaxRow(op, 'x', logits, options, error);
  const { rows } = row;
  checkElements(op, rows);
  const each = rows.count > 0 ? indices.data.length / rows.count : 0;
  if (!Number.isInteger(each)) {
    refuse(op, 'indices', `as many for each of ${rows.count} rows`, indices.data.length);
  }
  const values = emptyReference(indices.shape);
  const ranks = new Int32Array(indices.data.length);
  const rounded = new Float32Array(rows.length);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    rounded.set(row.z);
    for (let i = 0; i < each; i++) {
      const at = placeOf(rows, r, i, each);
      const index = indices.data[at]!;
      if (index < 0 || index >= rows.length) {
        values.data[at] = NaN;
        ranks[at] = -1;
        continue;
      }
      putValue(row, values, at, index, options);
      const own = rounded[index]!;
      ranks[at] = 1 + rounded.reduce((n, v, k) => n + Number(precedes(v, k, own, index)), 0);
    }
  }
  return { values, ranks };
}

const precedes = (v: number, k: number, own: number, index: number): boolean =>
  isLarger(v, own) || (k < index && !isLarger(own, v));

function putValue(
  row: SoftmaxRow,
  values: Reference,
  at: number,
  index: number,
  { emptyRows }: LogProbabilitiesOptions,
): void {
  const { kind, t, e, log, scale, max, maskError, maskErrorOfLog } = row;
  if (kind !== 'finite') {
    values.data[at] = kind === 'empty' && emptyRows === 'zero' ? -Infinity : NaN;
    return;
  }
  const moved = maskError[index]! + maskErrorOfLog;
  if (row.z[index] !== max) {
    const value = saturate(t[index]! - log);
    const largest = Math.max(Math.abs(scale * max), log, -value);
    put(values, at, value, logTerm(largest), logError(largest), 'mask', moved);
    return;
  }
  let [others, distance] = [0, 0];
  e.forEach((ek, k) => {
    if (k === index) return;
    others += ek;
    if (ek > 0) distance -= ek * t[k]!;
  });
  const value = -Math.log1p(others);
  const mean = others > 0 ? distance / others : 0;
  const ulps = CONFIDENT + (scale === 1 ? 3 : 4) * mean;
  // An exponential below the least normal f32 may flush to zero, one by one.
  const flushed = e.reduce((sum, ek) => sum + (ek < 2 ** -126 ? ek : 0), 0);
  put(values, at, value, 'log1p', ulps * U * -value, 'mask', moved, 'flush', flushed);
}
