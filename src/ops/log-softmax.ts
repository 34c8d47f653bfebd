import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/**
 * Log-probabilities `y = t − log Σ exp(t)`, `t = s·(x − max)`; the shape of x.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3], [1, 3]);
 * console.log(await logSoftmax(x).read()); // -2.4076, -1.4076, -0.4076
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function logSoftmax(x: GpuTensor, options: LogitsOptions = {}) {
  return normalize('logSoftmax', 'log-softmax', x, options);
}
