import type { GpuTensor } from '../engine/tensor';
import type { CommonOptions } from './arguments';
import { type MaskOption, placedMask } from './mask';
import { outputOf } from './output';
import { selection } from './select';

/** Options of `argmax`. */
export interface ArgmaxOptions extends CommonOptions, MaskOption {
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
  const op = 'argmax';
  const { engine, target, rows, mask, params, inputs, regime } = selection(op, x, options);
  return engine.record(op, target, inputs, (recorder) => {
    const shape = rows.rowShape;
    const out = outputOf(engine, op, 'out', options.out, shape, ['i32'], inputs, false, recorder);
    recorder.select({
      shape: rows,
      x,
      mask: placedMask(recorder, mask),
      values: recorder.scratch(rows.count),
      indices: out.region,
      picks: 1,
      spread: rows.inner,
      params,
      regime,
    });
    out.finish(recorder);
    return out.tensor;
  });
}
