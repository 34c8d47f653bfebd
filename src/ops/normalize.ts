import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { KernelOpName } from '../rows/kernel-ops';
import {
  type CommonOptions,
  checkCommon,
  checkFirst,
  type EmptyRowsOption,
  emptyFill,
  type PrecisionOption,
  precisionOf,
  resultDTypes,
  rowsOf,
  type ScaleOptions,
  scaleParams,
} from './arguments';
import { type MaskOption, maskInputs, maskOf, placedMask } from './mask';
import { type Input, outputOf } from './output';

/** Options of the operations on logits. */
export interface LogitsOptions
  extends CommonOptions,
    ScaleOptions,
    MaskOption,
    EmptyRowsOption,
    PrecisionOption {
  /** Write the result here; may be the input itself where their shapes agree. */
  out?: GpuTensor | undefined;
}

/** softmax, logSoftmax and logSumExp: one input, one result, the same options. */
export function normalize(
  op: string,
  kernel: KernelOpName & ('softmax' | 'log-softmax' | 'log-sum-exp'),
  x: GpuTensor,
  options: LogitsOptions,
): GpuTensor<FloatDType> {
  const target = checkCommon(op, options);
  checkFirst(op, 'x', x, floatDTypes);
  const { engine } = x;
  const rows = rowsOf(op, x, options);
  const { mask, params } = maskOf(engine, op, options, x.shape, rows);
  const perRow = kernel === 'log-sum-exp';
  const fill = emptyFill(op, options, kernel === 'log-softmax' ? '-inf' : 'zero');
  const scale = scaleParams(op, options);
  const precision = precisionOf(op, options);
  const inputs: Input[] = [{ name: 'x', region: x, rowData: true }, ...maskInputs(mask)];
  return engine.record(op, target, inputs, (recorder) => {
    const shape = perRow ? rows.rowShape : x.shape;
    const dtypes = perRow ? (['f32'] as const) : resultDTypes(x.dtype);
    const out = outputOf(engine, op, 'out', options.out, shape, dtypes, inputs, !perRow, recorder);
    recorder.rows({
      op: kernel,
      precision,
      shape: rows,
      data: perRow ? { x } : { x, y: out.region },
      values: perRow ? { lse: out.region } : {},
      mask: placedMask(recorder, mask),
      params: { ...params, ...scale, ...fill },
      regime: options.regime,
    });
    out.finish(recorder);
    return out.tensor;
  });
}
