import ownSource from '../../shaders/ops/softmax-vjp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { plain, type RowOp } from '../rows/row-op';
import { type DerivativeOptions, derivative } from './derivative';

/** Its kernels' own part. */
export const softmaxVjpOp: RowOp = {
  ...plain,
  name: 'softmax-vjp',
  sources: [ownSource, plainSum],
};

/** `dx = s·y ⊙ (dy − Σ y·dy)`; see `Softmax.softmaxVjp`. */
export function softmaxVjp(
  engine: Engine,
  y: GpuTensor,
  dy: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'softmaxVjp', softmaxVjpOp, ['y', 'dy'], y, dy, options);
}

/** The JVP is the same map, since the Jacobian is symmetric; see `Softmax.softmaxJvp`. */
export function softmaxJvp(
  engine: Engine,
  y: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'softmaxJvp', softmaxVjpOp, ['y', 'dx'], y, dx, options);
}
