import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/**
 * `lse = s·max + log Σ exp(t)`, `t = s·(x − max)`; the shape of x without the axis.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
 * console.log(await logSumExp(x).read()); // 3.4076, 1.0986
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function logSumExp(x: GpuTensor, options: LogitsOptions = {}) {
  // One value a row is always f32.
  return normalize('logSumExp', 'log-sum-exp', x, options) as GpuTensor<'f32'>;
}
