import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { limitOf } from '../gpu/constants';
import { bytesOf, type FloatDType, floatDTypes } from '../gpu/region';
import { planJacobian } from '../map/jacobian';
import {
  checkCommon,
  checkTensor,
  formatShape,
  resultDTypes,
  rowsOf,
  scaleParams,
} from './arguments';
import type { DerivativeOptions } from './derivative';
import { outputOf } from './output';

/** `J_ij = s·y_i·(δ_ij − y_j)`; see `Softmax.softmaxJacobian`. */
export function softmaxJacobian(
  engine: Engine,
  y: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const op = 'softmaxJacobian';
  const target = checkCommon(op, options);
  checkTensor(engine, op, 'y', y, floatDTypes);
  const rows = rowsOf(op, y, options);
  const shape = [...y.shape.slice(0, rows.axis), rows.length, ...y.shape.slice(rows.axis)];
  const dtypes = resultDTypes(y.dtype);
  const bytes = bytesOf(y.count * rows.length, options.out?.dtype ?? dtypes[0]);
  const limit = limitOf(engine.device, 'maxBufferSize');
  if (bytes > limit) {
    throw new RangeError(
      `${op}: the result ${formatShape(shape)} takes ${bytes} bytes; a buffer of this device holds at most ` +
        `${limit} (maxBufferSize)`,
    );
  }
  const scale = scaleParams(op, options).scale!;
  const inputs = [{ name: 'y', region: y, rowData: false }];
  return engine.record(op, target, inputs, (recorder) => {
    const out = outputOf(engine, op, 'out', options.out, shape, dtypes, inputs, false, recorder);
    recorder.plan(planJacobian, { shape: rows, x: y, y: out.region, scale });
    out.finish(recorder);
    return out.tensor;
  });
}
