import type { Engine } from '../engine';
import { type FloatDType, floatDTypes } from '../gpu/region';
import { GpuTensor } from '../gpu/tensor';
import {
  checkCommon,
  checkShape,
  checkTensor,
  emptyFill,
  precisionOf,
  resultDTypes,
  rowsOf,
  scaleParams,
} from './arguments';
import { maskOf } from './mask';
import type { LogitsOptions } from './normalize';
import { type Input, outputOf } from './output';

/** `dx = s·softmax(x)·dLse`; see `Softmax.logSumExpVjp`. */
export function logSumExpVjp(
  engine: Engine,
  x: GpuTensor,
  dLse: GpuTensor,
  options: LogitsOptions = {},
): GpuTensor<FloatDType> {
  const op = 'logSumExpVjp';
  if (options instanceof GpuTensor) {
    throw new TypeError(
      `${op}: options is a GpuTensor; it must be an object, after x and dLse alone`,
    );
  }
  const target = checkCommon(op, options);
  checkTensor(engine, op, 'x', x, floatDTypes);
  checkTensor(engine, op, 'dLse', dLse, ['f32']);
  const rows = rowsOf(op, x, options);
  checkShape(op, 'dLse', dLse.shape, rows.rowShape, 'the shape of x without the axis');
  const { mask, params } = maskOf(engine, op, options, x.shape, rows);
  const own = { ...params, ...scaleParams(op, options), ...emptyFill(op, options) };
  const precision = precisionOf(op, options);
  const inputs: Input[] = [
    { name: 'x', region: x, rowData: true },
    { name: 'dLse', region: dLse, rowData: false },
  ];
  if (mask?.region) {
    inputs.push({ name: 'mask', region: mask.region, rowData: mask.layout === 'row' });
  }
  return engine.record(op, target, inputs, (recorder) => {
    const dtypes = resultDTypes(x.dtype);
    const out = outputOf(engine, op, 'out', options.out, x.shape, dtypes, inputs, true, recorder);
    recorder.rows({
      op: 'log-sum-exp-vjp',
      precision,
      shape: rows,
      data: { x, y: out.region },
      values: { dlse: dLse },
      mask,
      params: own,
      regime: options.regime,
    });
    out.finish(recorder);
    return out.tensor;
  });
}
