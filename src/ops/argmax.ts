import type { GpuTensor } from '../engine/tensor';
import { pickOp } from '../select/pick';
import { planSelect } from '../select/plan';
import { placedMask } from './mask';
import { addOutput } from './output';
import { type AdjustOption, parseSelection, type SelectionOptions } from './selection';

/** Options of `argmax`. */
export interface ArgmaxOptions extends SelectionOptions, AdjustOption {
  /** Write the i32 indices here. */
  out?: GpuTensor | undefined;
}

/**
 * The index (i32) of each row's largest element, straight from the logits; the shape of x without
 * the axis. Of equals the first; a NaN is larger than anything, as in PyTorch.
 *
 * ```ts
 * const x = engine.tensor([1, 4, 2, 3, 3, 0], [2, 3]);
 * console.log(await argmax(x).read()); // 1, 0
 * ```
 *
 * @throws RangeError for an axis or `out` that does not fit x, and for an axis of length 0.
 */
export function argmax(x: GpuTensor, options: ArgmaxOptions = {}): GpuTensor<'i32'> {
  const selection = parseSelection<GpuTensor<'i32'>>('argmax', x, options);
  const { call, logits, rows, mask, params, regime } = selection;
  const out = addOutput(call, 'out', options.out, rows.rowShape, ['i32'], false);
  call.add(planSelect, {
    op: pickOp,
    shape: rows,
    x: logits,
    mask: placedMask(call, mask),
    values: call.scratch(rows.count),
    indices: out.region,
    picks: 1,
    resultStride: rows.inner,
    params,
    regime,
  });
  return x.engine.execute(call.giving(out.tensor));
}
