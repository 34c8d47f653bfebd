import type { GpuTensor } from '../engine/tensor';
import { pickOp } from '../select/pick';
import { planSelect } from '../select/plan';
import { checkChoice, checkInteger } from '../util/checks';
import { placedMask } from './mask';
import { addOutput, outsOf } from './output';
import { type EmptyRowsOption, emptyFill, type ScaleOptions, scaleParams } from './scale';
import {
  type AdjustOption,
  MAX_PICKS,
  parseSelection,
  type SelectionOptions,
  shapeWith,
} from './selection';

/** Options of `topK`. */
export interface TopKOptions extends SelectionOptions, AdjustOption, ScaleOptions, EmptyRowsOption {
  /**
   * What the values are: the logits (default), their probabilities, the logarithms of those, or the
   * softmax over the k alone, which add up to 1 (as a mixture of experts wants them).
   */
  values?: 'logits' | 'probabilities' | 'logProbabilities' | 'renormalized';
  /** Write here: f32 values and i32 indices. */
  out?: { values?: GpuTensor; indices?: GpuTensor } | undefined;
}

/** The largest elements of each row, in order. */
export type TopK = {
  /** Of the shape of x, the axis k long. */
  readonly values: GpuTensor<'f32'>;
  /** As many, along the axis. */
  readonly indices: GpuTensor<'i32'>;
};

/**
 * The k largest elements of each row, largest first, and their indices (i32), straight from the
 * logits: no probability but theirs is stored. The axis becomes k long. Equals come in the order of
 * their indices; a NaN is larger than anything and −inf an element like others, as in PyTorch.
 * Values are f32: the logits, or what `softmax` or `logSoftmax` gives at their indices, or what
 * `softmax` makes of the k. A pick takes a round, so that time grows with k.
 *
 * ```ts
 * const x = engine.tensor([1, 4, 2, 3], [1, 4]);
 * const { values, indices } = topK(x, 2);
 * console.log(await values.read()); // 4, 3
 * console.log(await indices.read()); // 1, 3
 * ```
 *
 * @throws RangeError for k over 2 048 or over the axis' length, for an axis of length 0, and for an option
 * that does not fit x.
 */
export function topK(x: GpuTensor, k: number, options: TopKOptions = {}): TopK {
  const op = 'topK';
  const { call, logits, rows, mask, params, regime } = parseSelection<TopK>(op, x, options);
  checkInteger(op, 'k', k, 1, Math.min(MAX_PICKS, rows.length));
  const { values = 'logits' } = options;
  checkChoice(op, 'values', values, [
    'logits',
    'probabilities',
    'logProbabilities',
    'renormalized',
  ]);
  const out = outsOf(op, options.out, ['values', 'indices']);
  const isLogarithm = values === 'logProbabilities';
  const renormalizes = values === 'renormalized';
  const own = {
    ...scaleParams(op, options),
    ...emptyFill(op, options, isLogarithm ? '-inf' : 'zero'),
    logarithm: Number(isLogarithm),
  };
  const shape = shapeWith(x, rows, k);
  const first = addOutput(call, 'out values', out.values, shape, ['f32'], false);
  const second = addOutput(call, 'out indices', out.indices, shape, ['i32'], false);
  const picked = { op: pickOp, picks: k, resultStride: rows.inner, regime };
  const results = renormalizes ? call.scratch(rows.count * k) : first.region;
  call.add(planSelect, {
    ...picked,
    shape: rows,
    x: logits,
    mask: placedMask(call, mask),
    values: results,
    indices: second.region,
    probabilities: values !== 'logits' && !renormalizes,
    params: { ...params, ...own },
  });
  if (renormalizes) {
    // All of the k, which are in order: their probabilities among themselves.
    call.add(planSelect, {
      ...picked,
      shape: { outer: rows.outer, length: k, inner: rows.inner },
      x: results,
      values: first.region,
      indices: call.scratch(rows.count * k),
      probabilities: true,
      params: own,
    });
  }
  return x.engine.execute(call.giving({ values: first.tensor, indices: second.tensor }));
}
