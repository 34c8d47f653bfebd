import ownSource from '../../shaders/ops/softmax.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { onLogits, type RowOp } from '../rows/row-op';
import { type LogitsOptions, normalize } from './normalize';

/** Its kernels' own part. */
export const softmaxOp: RowOp = {
  ...onLogits,
  name: 'softmax',
  keeps: true,
  sources: [ownSource, sumOfExp],
};

/** `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`; see `Softmax.softmax`. */
export function softmax(engine: Engine, x: GpuTensor, options: LogitsOptions = {}) {
  return normalize(engine, 'softmax', softmaxOp, x, options);
}
