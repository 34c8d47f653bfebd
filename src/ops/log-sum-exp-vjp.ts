import { type GpuTensor, isTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import {
  checkCommon,
  checkFirst,
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

/**
 * The VJP of `lse = logSumExp(x)`: `dx = s·y·dLse`, `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`;
 * dLse (f32, or as many numbers on the host) has the shape of x without the axis, the result that
 * of x. Options as in the forward call. It needs no lse: one of f32 has no digits left to tell the
 * elements of a row at −10⁹ apart.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3], [1, 3]);
 * const dLse = engine.tensor([10], [1]);
 * console.log(await logSumExpVjp(x, dLse).read()); // 0.9003, 2.4473, 6.6524
 * ```
 *
 * @throws RangeError for a shape, axis, scale, mask or `out` that does not fit x.
 */
export function logSumExpVjp(
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
  checkFirst(op, 'x', x, floatDTypes);
  const { engine } = x;
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
    recorder.rows({
      op: 'log-sum-exp-vjp',
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
