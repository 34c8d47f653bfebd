import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/**
 * Probabilities `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`; the shape of x.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
 * console.log(await softmax(x).read()); // 0.0900, 0.2447, 0.6652, 0.3333, 0.3333, 0.3333
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function softmax(x: GpuTensor, options: LogitsOptions = {}) {
  return normalize('softmax', 'softmax', x, options);
}
