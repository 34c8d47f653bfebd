import type { Call } from '../engine/call';
import type { GpuTensor } from '../engine/tensor';
import type { Region } from '../gpu/region';
import { drawOp } from '../select/draw';
import { planFiltered } from '../select/filter-plan';
import { pickOp } from '../select/pick';
import { planSelect } from '../select/plan';
import { checkInteger } from '../util/checks';
import { describe, wrongValue } from '../util/words';
import { type AdjustOptions, adjustBy } from './adjust';
import { type FilterOptions, parseFilters } from './filters';
import { placedMask } from './mask';
import { addOutput } from './output';
import { type ScaleOptions, scaleParams } from './scale';
import { parseSelection, type SelectionOptions, shapeWith } from './selection';

/** Options of `sample`. */
export interface SampleOptions
  extends SelectionOptions,
    AdjustOptions,
    ScaleOptions,
    FilterOptions {
  /** An integer of 0 … 2⁵³ − 1: the same seed gives the same draws. */
  seed: number;
  /** 1/s, as elsewhere; 0 takes the largest element, as `argmax` does. */
  temperature?: number;
  /** Draws per row, with replacement: the result has an axis of them in place of `axis`. Default: one, and no such axis. */
  draws?: number | undefined;
  /** The number of the first row in a larger batch: a row draws by its own number. Default 0. */
  rowOffset?: number | undefined;
  /** Write the i32 indices here. */
  out?: GpuTensor | undefined;
}

const WORD = 0x1_0000_0000;

/**
 * Draws an index (i32) of each row with the probabilities that `softmax` would give, which are
 * stored nowhere; the shape of x without the axis, or with `draws` in its place. With `topK`, `topP`
 * or `minP` it draws among what these keep, as `cutoff` has it. A draw depends on
 * the row, `seed`, the row's number and the draw's number alone: not on the batch, nor on the
 * device but for near-ties (docs/numerics.md). A row that `softmax` makes NaN gives −1.
 *
 * ```ts
 * const x = engine.tensor([2, 1, 1.5, -3], [1, 4]);
 * console.log(await sample(x, { seed: 1, draws: 10 }).read()); // 1, 0, 0, 2, 0, 0, 0, 2, 0, 1
 * console.log(await sample(x, { seed: 1, draws: 10, topP: 0.8 }).read()); // 0, 0, 0, 2, 0, 0, 0, 2, 0, 0
 * console.log(await sample(x, { seed: 1, temperature: 0 }).read()); // 0
 * ```
 *
 * @throws RangeError for a seed, number of draws, temperature, filter or other option that does not fit,
 * for an axis of length 0, and with filters for one over 2²¹.
 */
export function sample(x: GpuTensor, options: SampleOptions): GpuTensor<'i32'> {
  const call = sampleCall('sample', x, options);
  return call.engine.execute(call);
}

/**
 * The call that draws.
 *
 * @param rowNumbers of each row, in two words, the lower first; a draw replaces them by those of the
 * next batch. Default: from `rowOffset` on.
 */
export function sampleCall(
  op: string,
  x: GpuTensor,
  options: SampleOptions,
  rowNumbers?: Region,
): Call<GpuTensor<'i32'>> {
  const selection = parseSelection<GpuTensor<'i32'>>(op, x, options, adjustBy(options));
  const { call, logits, rows, mask, params, regime } = selection;
  const { seed, rowOffset = 0, draws } = options;
  checkInteger(op, 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger(op, 'rowOffset', rowOffset, 0, Number.MAX_SAFE_INTEGER);
  if (draws !== undefined) checkInteger(op, 'draws', draws, 0, WORD - 1);
  const { scale, temperature } = options;
  if (temperature === 0 && scale !== undefined) {
    throw new RangeError(
      `${op}: scale (${describe(scale)}) and temperature (0) are both given; give one of them`,
    );
  }
  if (temperature !== undefined && !(typeof temperature === 'number' && temperature >= 0)) {
    const may = '0, or a finite f32 > 0 whose inverse is one too';
    wrongValue(op, 'temperature', may, describe(temperature));
  }
  const greedy = temperature === 0;
  const { temperature: _, ...unscaled } = options;
  const scaled: ScaleOptions & FilterOptions = greedy ? unscaled : options;
  const { steps: filters, ...filtering } = parseFilters(op, scaled, rows.length);
  const own = {
    ...params,
    ...scaleParams(op, scaled),
    seed_low: seed % WORD,
    seed_high: Math.floor(seed / WORD),
    row_low: rowOffset % WORD,
    row_high: Math.floor(rowOffset / WORD),
  };
  const shape = draws === undefined ? rows.rowShape : shapeWith(x, rows, draws);
  const out = addOutput(call, 'out', options.out, shape, ['i32'], false);
  const masked = placedMask(call, mask);
  const drawn = {
    op: drawOp,
    rowNumbers,
    indices: out.region,
    picks: draws ?? 1,
    resultStride: rows.inner,
    params: own,
    regime,
  };
  const given = { shape: rows, x: logits, mask: masked };
  if (greedy) {
    const { count } = rows;
    const picks = { values: call.scratch(count), indices: call.scratch(count) };
    const best = { op: pickOp, ...picks, picks: 1, resultStride: 1, params: own, regime };
    call.add(planSelect, { ...best, ...given });
    const among = { outer: count, length: 1, inner: 1 };
    call.add(planSelect, { ...drawn, shape: among, x: picks.values, picked: picks.indices });
  } else if (filters.length === 0 || rows.length === 1) {
    call.add(planSelect, { ...drawn, ...given });
  } else {
    call.add(planFiltered, { ...drawn, ...given, ...filtering, filters, weighs: true });
  }
  return call.giving(out.tensor);
}
