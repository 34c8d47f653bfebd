import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/** `lse = s·max + log Σ exp(t)`, `t = s·(x − max)`; see `Softmax.logSumExp`. */
export function logSumExp(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  // One value a row is always f32.
  return normalize(engine, 'logSumExp', 'log-sum-exp', x, options) as GpuTensor<'f32'>;
}
