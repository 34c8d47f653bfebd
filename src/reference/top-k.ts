import { type AdjustOptions, adjusted } from './adjust';
import {
  expGrowth,
  logError,
  logTerm,
  probabilityError,
  probabilityTerm,
  put,
  saturate,
  type Term,
} from './bounds';
import {
  checkElements,
  checkRange,
  emptyReference,
  firstElement,
  type HostTensor,
  type Reference,
  type Rows,
  rowsOf,
} from './rows';
import { type SoftmaxOptions, softmax } from './softmax';
import { SoftmaxRow } from './softmax-row';

/** Options of `topK`. */
export interface TopKOptions extends SoftmaxOptions, AdjustOptions {
  /** What the values are; default 'logits'. 'renormalized' is the softmax over the k. */
  values?: 'logits' | 'probabilities' | 'logProbabilities' | 'renormalized';
}

/** The largest elements of each row: their values, and where along the axis they are. */
export interface TopKReference {
  /** Of the shape of x, the axis k long. */
  values: Reference;
  /** As many. */
  indices: Int32Array;
}

/**
 * The k largest elements x′ of each row, largest first, x′ = x, with bias and penalties, + mask as
 * f32 rounds it. A NaN is
 * larger than anything, −∞ is an element like others, and equals come in the order of their indices.
 * Values are x′, or the softmax or log-softmax of the row there.
 * @returns the shape of x, the axis k long
 * @throws RangeError for a shape, axis, scale or mask that does not fit, or k over the row's length
 */
export function topK(x: HostTensor, k: number, options: TopKOptions = {}): TopKReference {
  const op = 'topK';
  if (options.values === 'renormalized') {
    const { values, indices } = topK(x, k, { ...options, values: 'logits' });
    const { mask: _, ...rest } = options;
    return { values: softmax({ data: values.data, shape: values.shape }, rest), indices };
  }
  const { x: logits, error: given } = adjusted(op, x, rowsOf(op, 'x', x, options.axis), options);
  const row = new SoftmaxRow(op, 'x', logits, options, given);
  const { rows } = row;
  checkElements(op, rows);
  checkRange(op, 'k', k, 1, rows.length);
  const values = emptyReference(rows.shape.map((size, d) => (d === rows.axis ? k : size)));
  const indices = new Int32Array(values.data.length);
  const rounded = new Float32Array(rows.length);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    rounded.set(row.z);
    largest(rounded, k).forEach((index, rank) => {
      const at = placeOf(rows, r, rank, k);
      indices[at] = index;
      const [value, term, error, moved] = pickedValue(
        row,
        rounded[index]!,
        index,
        options,
        given?.[firstElement(rows, r) + index * rows.inner] ?? 0,
      );
      put(values, at, value, term, error, 'mask', moved);
    });
  }
  return { values, indices };
}

/** Where the result of this rank is, of a row with k of them. */
export const placeOf = (rows: Rows, r: number, rank: number, k: number): number => {
  const inner = r % rows.inner;
  return (r - inner) * k + rank * rows.inner + inner;
};

/** The indices of the k largest elements, in order. */
function largest(row: Float32Array, k: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < row.length; i++) {
    let place = best.length;
    // Of equals the earlier one is there already, and stays before.
    while (place > 0 && isLarger(row[i]!, row[best[place - 1]!]!)) place--;
    if (place === k) continue;
    best.splice(place, 0, i);
    if (best.length > k) best.pop();
  }
  return best;
}

/** A NaN is larger than anything else. */
export const isLarger = (a: number, b: number): boolean =>
  Number.isNaN(a) ? !Number.isNaN(b) : a > b;

/** A pick's value and its error. */
function pickedValue(
  row: SoftmaxRow,
  logit: number,
  index: number,
  { values = 'logits', emptyRows }: TopKOptions,
  given: number,
): [value: number, term: Term, error: number, moved: number] {
  if (values === 'logits') return [logit, 'constant', 0, given];
  const isLog = values === 'logProbabilities';
  if (row.kind !== 'finite') {
    const zero = row.kind === 'empty' && emptyRows === 'zero';
    return [zero ? (isLog ? -Infinity : 0) : NaN, 'constant', 0, 0];
  }
  const t = row.t[index]!;
  const move = row.maskError[index]! + row.maskErrorOfLog;
  if (!isLog) {
    const p = row.e[index]! / row.sum;
    const own = probabilityError(p, t, row.scale, row.meanDistance, 0, false);
    const moved = move > 0 ? expGrowth(p, t, move) : 0;
    return [p, probabilityTerm(t, row.scale, row.meanDistance, false), own, moved];
  }
  const value = saturate(t - row.log);
  const floor = Math.max(Math.abs(row.scale * row.max), row.log);
  const largest = Math.max(floor, -value);
  return [value, logTerm(largest), logError(largest), move];
}
