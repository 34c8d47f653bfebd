import type { GpuTensor } from '../engine/tensor';
import { type DerivativeOptions, derivative } from './derivative';

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
export function logSoftmaxVjp(logY: GpuTensor, dLogY: GpuTensor, options: DerivativeOptions = {}) {
  const names = ['logY', 'dLogY'] as const;
  return derivative('logSoftmaxVjp', 'log-softmax-vjp', names, logY, dLogY, options);
}
