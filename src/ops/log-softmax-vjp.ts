import ownSource from '../../shaders/ops/log-softmax-vjp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { plain, type RowOp } from '../rows/row-op';
import { type DerivativeOptions, derivative } from './derivative';

/** Its kernels' own part. */
export const logSoftmaxVjpOp: RowOp = {
  ...plain,
  name: 'log-softmax-vjp',
  sources: [ownSource, plainSum],
  padding: 'NEG_INF',
};

/** `dx = s·(dLogY − exp(logY)·Σ dLogY)`; see `Softmax.logSoftmaxVjp`. */
export function logSoftmaxVjp(
  engine: Engine,
  logY: GpuTensor,
  dLogY: GpuTensor,
  options: DerivativeOptions = {},
) {
  const names = ['logY', 'dLogY'] as const;
  return derivative(engine, 'logSoftmaxVjp', logSoftmaxVjpOp, names, logY, dLogY, options);
}
