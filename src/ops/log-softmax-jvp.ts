import ownSource from '../../shaders/ops/log-softmax-jvp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { plain, type RowOp } from '../rows/row-op';
import { type DerivativeOptions, derivative } from './derivative';

/** Its kernels' own part. */
export const logSoftmaxJvpOp: RowOp = {
  ...plain,
  name: 'log-softmax-jvp',
  sources: [ownSource, plainSum],
  padding: 'NEG_INF',
};

/** `dLogY = s·(dx − Σ exp(logY)·dx)`; see `Softmax.logSoftmaxJvp`. */
export function logSoftmaxJvp(
  engine: Engine,
  logY: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'logSoftmaxJvp', logSoftmaxJvpOp, ['logY', 'dx'], logY, dx, options);
}
