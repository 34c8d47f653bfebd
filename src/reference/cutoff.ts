import { type AdjustOptions, adjusted } from './adjust';
import { type FilterOptions, filtersOf, prefixOf } from './filters';
import type { MaskOption } from './mask';
import { type AxisOption, checkElements, type HostTensor, rowsOf, type ScaleOptions } from './rows';
import { SoftmaxRow } from './softmax-row';

/** Options of `cutoff`. */
export interface CutoffOptions
  extends AxisOption,
    AdjustOptions,
    ScaleOptions,
    MaskOption,
    FilterOptions {}

/** What filters leave of each row, and how nearly it was something else. */
export interface CutoffReference {
  /** How many elements; 0 of a row that softmax makes NaN. */
  kept: Int32Array;
  /** The smallest of them; NaN where none is kept. */
  threshold: Float64Array;
  /**
   * How near another number was: topP's as a share of the mass, minP's as a share of −ln m. Below
   * 2⁻²⁰ an f32 result may differ; 1 where none can.
   */
  margins: Float64Array;
}

/**
 * How many elements of each row filters keep, and the smallest of them. Elements are in the order of
 * `topK`: the largest first, equals as they come; −∞ is never kept.
 * @returns the shape of x without the axis, row-major
 * @throws RangeError for a shape, axis, scale, mask or filter that does not fit
 */
export function cutoff(x: HostTensor, options: CutoffOptions = {}): CutoffReference {
  const { bias, penalties, ...unadjusted } = options;
  if (bias || penalties) {
    const given = rowsOf('cutoff', 'x', x, options.axis);
    return cutoff(adjusted('cutoff', x, given, options).x, unadjusted);
  }
  const row = new SoftmaxRow('cutoff', 'x', x, options);
  const { rows } = row;
  checkElements('cutoff', rows);
  const filters = filtersOf('cutoff', options, rows.length);
  const kept = new Int32Array(rows.count);
  const threshold = new Float64Array(rows.count).fill(NaN);
  const margins = new Float64Array(rows.count).fill(1);
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    if (row.kind !== 'finite') continue;
    const prefix = prefixOf(row, filters);
    kept[r] = prefix.kept;
    // A logit and its mask are added in f32.
    threshold[r] = Math.fround(row.z[prefix.ranked[prefix.kept - 1]!]!);
    margins[r] = prefix.margin;
  }
  return { kept, threshold, margins };
}
