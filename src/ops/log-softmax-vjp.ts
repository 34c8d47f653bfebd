import ownSource from '../../shaders/ops/log-softmax-vjp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { type DerivativeOptions, planDerivative } from './derivative';

/** Its kernels' own part. */
export const logSoftmaxVjpOp: RowOp = {
  name: 'log-softmax-vjp',
  hasMax: false,
  sumCount: 2,
  sources: [ownSource, plainSum],
  padding: 'NEG_INF',
};

/**
 * The VJP of `logY = logSoftmax(x)`: `dx = s·(dLogY − exp(logY)·Σ dLogY)`; the shape of logY.
 *
 * ```ts
 * const logY = logSoftmax(engine.tensor([1, 2, 3], [1, 3]));
 * const dLogY = engine.tensor([1, 0, 0], [1, 3]);
 * console.log(await logSoftmaxVjp(logY, dLogY).read()); // 0.9100, -0.2447, -0.6652
 * ```
 *
 * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
 */
export function logSoftmaxVjp(
  logY: GpuTensor,
  dLogY: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const call = planDerivative(
    'logSoftmaxVjp',
    logSoftmaxVjpOp,
    ['logY', 'dLogY'],
    logY,
    dLogY,
    options,
  );
  return logY.engine.execute(call);
}
