import { Call } from '../engine/call';
import { checkFirst, checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import { planRows } from '../rows/plan';
import type { RowOp } from '../rows/row-op';
import { checkShape } from '../util/checks';
import { type CommonOptions, resultDTypes, rowsOf, targetOf } from './common';
import { addOutput } from './output';
import { type ScaleOptions, scaleParams } from './scale';

/** Options of the derivatives that take a result and an upstream gradient or a tangent. */
export interface DerivativeOptions extends CommonOptions, ScaleOptions {
  /** Write the result here; may be either input itself. */
  out?: GpuTensor;
}

/**
 * A call of a VJP or JVP of two tensors of one shape: the forward result, and what is pushed through.
 *
 * @param names of the two, in messages.
 */
export function planDerivative(
  op: string,
  rowOp: RowOp,
  names: readonly [result: string, pushed: string],
  result: GpuTensor,
  pushed: GpuTensor,
  options: DerivativeOptions,
): Call<GpuTensor<FloatDType>> {
  const target = targetOf(op, options);
  checkFirst(op, names[0], result, floatDTypes);
  checkTensor(result.engine, op, names[1], pushed, floatDTypes);
  checkShape(op, names[1], pushed.shape, result.shape, `the shape of ${names[0]}`);
  const rows = rowsOf(op, result, options);
  const params = scaleParams(op, options);
  const call = new Call<GpuTensor<FloatDType>>(op, result.engine, target, [
    { name: names[0], region: result, rowData: true },
    { name: names[1], region: pushed, rowData: true },
  ]);
  const dtypes = resultDTypes(result.dtype);
  const out = addOutput(call, 'out', options.out, result.shape, dtypes, true);
  call.add(planRows, {
    op: rowOp,
    shape: rows,
    data: { x: result, v: pushed, y: out.region },
    params,
    regime: options.regime,
  });
  return call.giving(out.tensor);
}
