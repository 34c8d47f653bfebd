import type { Engine } from '../engine';
import type { GpuTensor } from '../gpu/tensor';
import { checkCommon, checkTensor, formatShape, rowsOf, scaleParams } from './arguments';
import type { DerivativeOptions } from './derivative';
import { outputOf } from './output';

/** `J_ij = s·y_i·(δ_ij − y_j)`; see `Softmax.softmaxJacobian`. */
export function softmaxJacobian(
  engine: Engine,
  y: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<'f32'> {
  const op = 'softmaxJacobian';
  const target = checkCommon(op, options);
  checkTensor(engine, op, 'y', y, ['f32']);
  const rows = rowsOf(op, y, options);
  const shape = [...y.shape.slice(0, rows.axis), rows.length, ...y.shape.slice(rows.axis)];
  const bytes = 4 * y.count * rows.length;
  const limit = engine.device.limits.maxBufferSize;
  if (bytes > limit) {
    throw new RangeError(
      `${op}: the result ${formatShape(shape)} takes ${bytes} bytes; a buffer of this device holds at most ` +
        `${limit} (maxBufferSize)`,
    );
  }
  const scale = scaleParams(op, options).scale!;
  const inputs = [{ name: 'y', region: y, rowData: false }];
  return engine.record(op, target, inputs, (recorder) => {
    const out = outputOf(engine, op, 'out', options.out, shape, 'f32', inputs, false, recorder);
    recorder.jacobian({ shape: rows, x: y, y: out.region, scale });
    out.finish(recorder);
    return out.tensor;
  });
}
