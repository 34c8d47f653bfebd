import { checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { logProbabilityOp, planPlaces } from '../select/place';
import { arrayKind } from '../util/kinds';
import { formatShape, wrongValue } from '../util/words';
import { type AdjustOptions, adjustBy } from './adjust';
import type { Rows } from './common';
import { placedMask } from './mask';
import { addOutput, outsOf } from './output';
import { type EmptyRowsOption, emptyFill, type ScaleOptions, scaleParams } from './scale';
import { parseSelection, type SelectionOptions, shapeWith } from './selection';
import { inputsOf, isBelow, parseIntegers, type Small } from './small';

/** Options of `logProbabilities`. */
export interface LogProbabilitiesOptions
  extends SelectionOptions,
    AdjustOptions,
    ScaleOptions,
    EmptyRowsOption {
  /** Write here: f32 values and i32 ranks. */
  out?: { values?: GpuTensor; ranks?: GpuTensor } | undefined;
}

/** Log-probabilities at given places of each row. */
export type LogProbabilities = {
  /** Of the shape of the indices. */
  readonly values: GpuTensor<'f32'>;
  /** As many: 1 for the row's largest element. */
  readonly ranks: GpuTensor<'i32'>;
};

/**
 * The log-probabilities `t − log Σ exp(t)`, `t = s·(x − max)`, of m given elements of each row, and
 * their ranks (i32), straight from the logits. `indices` (i32 or u32) have the shape of x with an
 * axis m long, or none for one a row; on the host, as many integers for each row. A rank is 1 and
 * the number of elements before it in the order of `topK`. A probability near 1 keeps its digits:
 * the value is relatively exact, as a loss of `crossEntropy` is. An index that is out of range on
 * the GPU gives NaN and −1.
 *
 * ```ts
 * const x = engine.tensor([1, 4, 2, 3], [1, 4]);
 * const { values, ranks } = logProbabilities(x, [1, 0]);
 * console.log(await values.read()); // -0.4402, -3.4402
 * console.log(await ranks.read()); // 1, 4
 * ```
 *
 * @throws RangeError for indices of another shape, on the host for one out of range, for an axis of
 * length 0, and for an option that does not fit x.
 */
export function logProbabilities(
  x: GpuTensor,
  indices: GpuTensor | readonly number[] | Int32Array | Uint32Array,
  options: LogProbabilitiesOptions = {},
): LogProbabilities {
  const op = 'logProbabilities';
  const selection = parseSelection<LogProbabilities>(op, x, options, adjustBy(options));
  const { call, logits, rows, mask, params, regime } = selection;
  const [places, shape] = parsePlaces(op, x, rows, indices);
  call.taken.push(...inputsOf('indices', places));
  const own = { ...params, ...scaleParams(op, options), ...emptyFill(op, options, '-inf') };
  const out = outsOf(op, options.out, ['values', 'ranks']);
  const values = addOutput(call, 'out values', out.values, shape, ['f32'], false);
  const ranks = addOutput(call, 'out ranks', out.ranks, shape, ['i32'], false);
  call.add(planPlaces, {
    op: logProbabilityOp,
    shape: rows,
    x: logits,
    mask: placedMask(call, mask),
    places: call.placed(places),
    values: values.region,
    indices: ranks.region,
    picks: rows.count > 0 ? places.count / rows.count : 0,
    resultStride: rows.inner,
    params: own,
    regime,
  });
  return x.engine.execute(call.giving({ values: values.tensor, ranks: ranks.tensor }));
}

/** The places, and the shape of the results. */
function parsePlaces(
  op: string,
  x: GpuTensor,
  rows: Rows,
  indices: unknown,
): [places: Small, shape: readonly number[]] {
  const { length, count, rowShape, axis } = rows;
  if (arrayKind(indices) !== undefined) {
    const may = [0, length - 1] as const;
    const places = parseIntegers(op, 'indices', indices, (v) => isBelow(v, length), may);
    const each = places.count / Math.max(1, count);
    if (!Number.isInteger(each)) {
      wrongValue(op, 'indices', `as many for each of ${count} rows`, places.count);
    }
    return [places, shapeWith(x, rows, each)];
  }
  checkTensor(x.engine, op, 'indices', indices, ['i32', 'u32'], ' or an array of integers');
  const { shape } = indices;
  const one = shape.join() === rowShape.join() && shape.length === rowShape.length;
  const wanted = one ? rowShape : shapeWith(x, rows, shape[axis] ?? 0);
  if (shape.length !== wanted.length || shape.join() !== wanted.join()) {
    const m = x.shape.map((n, d) => (d === axis ? 'm' : n));
    wrongValue(
      op,
      'indices',
      `shape ${formatShape(rowShape)} or ${formatShape(m)}`,
      formatShape(shape),
    );
  }
  return [indices, shape];
}
