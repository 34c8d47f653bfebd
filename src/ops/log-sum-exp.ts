import ownSource from '../../shaders/ops/log-sum-exp.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { onLogits, type RowOp } from '../rows/row-op';
import { type LogitsOptions, normalize } from './normalize';

/** Its kernels' own part. */
export const logSumExpOp: RowOp = {
  ...onLogits,
  name: 'log-sum-exp',
  sources: [ownSource, sumOfExp],
};

/** `lse = s·max + log Σ exp(t)`, `t = s·(x − max)`; see `Softmax.logSumExp`. */
export function logSumExp(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  // One value a row is always f32.
  return normalize(engine, 'logSumExp', logSumExpOp, x, options) as GpuTensor<'f32'>;
}
