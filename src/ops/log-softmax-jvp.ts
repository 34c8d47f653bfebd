import ownSource from '../../shaders/ops/log-softmax-jvp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { type DerivativeOptions, planDerivative } from './derivative';

/** Its kernels' own part. */
export const logSoftmaxJvpOp: RowOp = {
  name: 'log-softmax-jvp',
  hasMax: false,
  sumCount: 2,
  sources: [ownSource, plainSum],
  padding: 'NEG_INF',
};

/**
 * The JVP of `logY = logSoftmax(x)` for a tangent dx: `s·(dx − Σ exp(logY)·dx)`; the shape of logY.
 *
 * ```ts
 * const logY = logSoftmax(engine.tensor([1, 2, 3], [1, 3]));
 * const dx = engine.tensor([1, 0, 0], [1, 3]);
 * console.log(await logSoftmaxJvp(logY, dx).read()); // 0.9100, -0.0900, -0.0900
 * ```
 *
 * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
 */
export function logSoftmaxJvp(
  logY: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const call = planDerivative('logSoftmaxJvp', logSoftmaxJvpOp, ['logY', 'dx'], logY, dx, options);
  return logY.engine.execute(call);
}
