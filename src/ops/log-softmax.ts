import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type LogitsOptions, normalize } from './normalize';

/** `y = t − log Σ exp(t)`, `t = s·(x − max)`; see `Softmax.logSoftmax`. */
export function logSoftmax(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  return normalize(engine, 'logSoftmax', 'log-softmax', x, options);
}
