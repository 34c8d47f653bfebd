import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/** `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`; see `Softmax.softmax`. */
export function softmax(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  return normalize(engine, 'softmax', 'softmax', x, options);
}
