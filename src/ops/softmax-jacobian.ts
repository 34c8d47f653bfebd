import { Call } from '../engine/call';
import { checkFirst } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { limitOf } from '../gpu/constants';
import { bytesOf, type FloatDType, floatDTypes } from '../gpu/region';
import { planJacobian } from '../map/jacobian';
import { formatShape, tooLarge } from '../util/words';
import { resultDTypes, rowsOf, targetOf } from './common';
import type { DerivativeOptions } from './derivative';
import { addOutput } from './output';
import { scaleParams } from './scale';

/**
 * The Jacobian of `y = softmax(x)`: `J_ij = s·y_i·(δ_ij − y_j)`; the axis of length K becomes two,
 * [K, K], at the same place.
 *
 * ```ts
 * const y = engine.tensor([0.25, 0.75], [1, 2]);
 * const jacobian = softmaxJacobian(y);
 * console.log(jacobian.shape); // 1, 2, 2
 * console.log(await jacobian.read()); // 0.1875, -0.1875, -0.1875, 0.1875
 * ```
 *
 * @throws RangeError for an axis, scale or `out` that does not fit y, or if the result does not fit a
 * buffer.
 */
export function softmaxJacobian(
  y: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const op = 'softmaxJacobian';
  const target = targetOf(op, options);
  checkFirst(op, 'y', y, floatDTypes);
  const { engine } = y;
  const rows = rowsOf(op, y, options);
  const shape = [...y.shape.slice(0, rows.axis), rows.length, ...y.shape.slice(rows.axis)];
  const dtypes = resultDTypes(y.dtype);
  const bytes = bytesOf(y.count * rows.length, options.out?.dtype ?? dtypes[0]);
  const limit = limitOf(engine.device, 'maxBufferSize');
  if (bytes > limit) {
    const what = `the result of shape ${formatShape(shape)}`;
    tooLarge(op, what, bytes, limit, 'maxBufferSize');
  }
  const scale = scaleParams(op, options).scale!;
  const inputs = [{ name: 'y', region: y, rowData: false }];
  const call = new Call<GpuTensor<FloatDType>>(op, engine, target, inputs);
  const out = addOutput(call, 'out', options.out, shape, dtypes, false);
  call.add(planJacobian, { shape: rows, x: y, y: out.region, scale });
  return y.engine.execute(call.giving(out.tensor));
}
