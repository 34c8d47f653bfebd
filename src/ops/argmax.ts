import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { planSelect } from '../select/plan';
import type { CommonOptions } from './arguments';
import { type MaskOption, placedMask } from './mask';
import { outputOf } from './output';
import { selection } from './select';

/** Options of `argmax`. */
export interface ArgmaxOptions extends CommonOptions, MaskOption {
  /** Write the i32 indices here. */
  out?: GpuTensor | undefined;
}

/** The index of each row's largest element; see `Softmax.argmax`. */
export function argmax(
  engine: Engine,
  x: GpuTensor,
  options: ArgmaxOptions = {},
): GpuTensor<'i32'> {
  const op = 'argmax';
  const { target, rows, mask, params, inputs, regime } = selection(engine, op, x, options);
  return engine.record(op, target, inputs, (recorder) => {
    const shape = rows.rowShape;
    const out = outputOf(engine, op, 'out', options.out, shape, ['i32'], inputs, false, recorder);
    recorder.plan(planSelect, {
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
