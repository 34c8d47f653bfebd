import ownSource from '../../shaders/ops/log-sum-exp-vjp.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { Engine } from '../engine/engine';
import { type GpuTensor, isTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import { planRows } from '../rows/plan';
import { onLogits, type RowOp } from '../rows/row-op';
import {
  checkCommon,
  checkTensor,
  emptyFill,
  precisionOf,
  resultDTypes,
  rowsOf,
  scaleParams,
} from './arguments';
import { maskInputs, maskOf, placedMask } from './mask';
import type { LogitsOptions } from './normalize';
import { type Input, outputOf } from './output';
import { checkFits, type HostNumbers, inputsOf, numbersOf, placed } from './small';

/** Its kernels' own part. */
export const logSumExpVjpOp: RowOp = {
  ...onLogits,
  name: 'log-sum-exp-vjp',
  keeps: true,
  sources: [ownSource, sumOfExp],
};

/** `dx = s·softmax(x)·dLse`; see `Softmax.logSumExpVjp`. */
export function logSumExpVjp(
  engine: Engine,
  x: GpuTensor,
  dLse: GpuTensor | HostNumbers,
  options: LogitsOptions = {},
): GpuTensor<FloatDType> {
  const op = 'logSumExpVjp';
  if (isTensor(options)) {
    throw new TypeError(
      `${op}: options is a GpuTensor; it must be an object, after x and dLse alone`,
    );
  }
  const target = checkCommon(op, options);
  checkTensor(engine, op, 'x', x, floatDTypes);
  const upstream = numbersOf(engine, op, 'dLse', dLse);
  const rows = rowsOf(op, x, options);
  checkFits(op, 'dLse', upstream, rows.rowShape, 'the shape of x without the axis');
  const { mask, params } = maskOf(engine, op, options, x.shape, rows);
  const own = { ...params, ...scaleParams(op, options), ...emptyFill(op, options) };
  const precision = precisionOf(op, options);
  const inputs: Input[] = [
    { name: 'x', region: x, rowData: true },
    ...inputsOf('dLse', upstream),
    ...maskInputs(mask),
  ];
  return engine.record(op, target, inputs, (recorder) => {
    const dtypes = resultDTypes(x.dtype);
    const out = outputOf(engine, op, 'out', options.out, x.shape, dtypes, inputs, true, recorder);
    recorder.plan(planRows, {
      op: logSumExpVjpOp,
      precision,
      shape: rows,
      data: { x, y: out.region },
      values: { dlse: placed(recorder, upstream) },
      mask: placedMask(recorder, mask),
      params: own,
      regime: options.regime,
    });
    out.finish(recorder);
    return out.tensor;
  });
}
