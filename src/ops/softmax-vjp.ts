import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type DerivativeOptions, derivative } from './derivative';

/** `dx = s·y ⊙ (dy − Σ y·dy)`; see `Softmax.softmaxVjp`. */
export function softmaxVjp(
  engine: Engine,
  y: GpuTensor,
  dy: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'softmaxVjp', 'softmax-vjp', ['y', 'dy'], y, dy, options);
}

/** The JVP is the same map, since the Jacobian is symmetric; see `Softmax.softmaxJvp`. */
export function softmaxJvp(
  engine: Engine,
  y: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'softmaxJvp', 'softmax-vjp', ['y', 'dx'], y, dx, options);
}
