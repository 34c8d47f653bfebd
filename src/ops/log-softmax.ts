import ownSource from '../../shaders/ops/log-softmax.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { onLogits, type RowOp } from '../rows/row-op';
import { type LogitsOptions, normalize } from './normalize';

/** Its kernels' own part. */
export const logSoftmaxOp: RowOp = {
  ...onLogits,
  name: 'log-softmax',
  sources: [ownSource, sumOfExp],
};

/** `y = t − log Σ exp(t)`, `t = s·(x − max)`; see `Softmax.logSoftmax`. */
export function logSoftmax(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  return normalize(engine, 'logSoftmax', logSoftmaxOp, x, options);
}
