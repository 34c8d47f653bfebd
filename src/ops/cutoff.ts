import type { GpuTensor } from '../engine/tensor';
import { reportOp } from '../select/filter';
import { filterKinds, planFiltered } from '../select/filter-plan';
import { type AdjustOptions, adjustBy } from './adjust';
import { type FilterOptions, FLT_MAX, parseFilters } from './filters';
import { placedMask } from './mask';
import { addOutput, outsOf } from './output';
import type { ScaleOptions } from './scale';
import { parseSelection, type SelectionOptions } from './selection';

/** Options of `cutoff`. */
export interface CutoffOptions
  extends SelectionOptions,
    AdjustOptions,
    ScaleOptions,
    FilterOptions {
  /** Write here: i32 numbers of elements and f32 thresholds. */
  out?: { kept?: GpuTensor; threshold?: GpuTensor } | undefined;
}

/** What filters leave of each row. */
export type Cutoff = {
  /** How many elements; of the shape of x without the axis. */
  readonly kept: GpuTensor<'i32'>;
  /** The smallest of them; as many. */
  readonly threshold: GpuTensor<'f32'>;
};

/**
 * How many elements of each row (i32) the filters of `sample` keep, and the smallest logit kept (f32):
 * exact, without sorting the row. Elements are in the order of `topK`, the largest first and equals
 * as they come; filters keep a prefix of it, and never a −inf:
 *
 * - `topK`: `n₁ = min(k, finite elements)`;
 * - `topP`: the least `n₂` with `Σ_{j≤n₂} e_j ≥ p·Σ_{j≤n₁} e_j`, `e = exp(s·(x − max))`, in mass exact
 *   to 2⁻²⁰ (docs/numerics.md);
 * - `minP`: those of them with `s·(max − x) ≤ −log m`;
 * - at least `minKeep`.
 *
 * A row that `softmax` makes NaN keeps 0, and its threshold is NaN.
 *
 * ```ts
 * const x = engine.tensor([0.4, 0.3, 0.2, 0.1].map(Math.log), [1, 4]);
 * const { kept, threshold } = cutoff(x, { topP: 0.8 });
 * console.log(await kept.read()); // 3
 * console.log(await threshold.read()); // -1.6094
 * ```
 *
 * @throws RangeError for a filter outside its range, an order that is none, an axis of length 0 or over
 * 2²¹, and for an option that does not fit x.
 */
export function cutoff(x: GpuTensor, options: CutoffOptions = {}): Cutoff {
  const op = 'cutoff';
  const selection = parseSelection<Cutoff>(op, x, options, adjustBy(options));
  const { call, logits, rows, mask, params, regime } = selection;
  const { steps, filterScale, isDrawScale, weighs } = parseFilters(op, options, rows.length);
  const out = outsOf(op, options.out, ['kept', 'threshold']);
  const kept = addOutput(call, 'out kept', out.kept, rows.rowShape, ['i32'], false);
  const threshold = addOutput(call, 'out threshold', out.threshold, rows.rowShape, ['f32'], false);
  // Without a filter: everything within any distance.
  const all = { filter_kind: filterKinds.MIN_P, reach: FLT_MAX };
  call.add(planFiltered, {
    op: reportOp,
    shape: rows,
    x: logits,
    mask: placedMask(call, mask),
    values: threshold.region,
    indices: kept.region,
    picks: 1,
    resultStride: rows.inner,
    params,
    regime,
    filters: steps.length > 0 ? steps : [all],
    filterScale,
    isDrawScale,
    weighs,
  });
  return x.engine.execute(call.giving({ kept: kept.tensor, threshold: threshold.tensor }));
}
