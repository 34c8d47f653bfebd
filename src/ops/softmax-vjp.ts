import ownSource from '../../shaders/ops/softmax-vjp.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { type DerivativeOptions, planDerivative } from './derivative';

/** Its kernels' own part. */
export const softmaxVjpOp: RowOp = {
  name: 'softmax-vjp',
  hasMax: false,
  sumCount: 2,
  padding: '0u',
  sources: [ownSource, plainSum],
};

/**
 * The vector-Jacobian product of `y = softmax(x)`: `dx = s·y ⊙ (dy − Σ y·dy)` for any upstream
 * gradient dy of y's shape; the shape of y.
 *
 * ```ts
 * const y = softmax(engine.tensor([1, 2, 3], [1, 3]));
 * const dy = engine.tensor([1, 0, 0], [1, 3]);
 * console.log(await softmaxVjp(y, dy).read()); // 0.0819, -0.0220, -0.0599
 * ```
 *
 * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
 */
export function softmaxVjp(
  y: GpuTensor,
  dy: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const call = planDerivative('softmaxVjp', softmaxVjpOp, ['y', 'dy'], y, dy, options);
  return y.engine.execute(call);
}

/**
 * The Jacobian-vector product of `y = softmax(x)` for a tangent dx: `s·y ⊙ (dx − Σ y·dx)`; the shape
 * of y. The Jacobian is symmetric, so it is the map of `softmaxVjp`.
 *
 * ```ts
 * const y = softmax(engine.tensor([1, 2, 3], [1, 3]));
 * const dx = engine.tensor([1, 1, 0], [1, 3]);
 * console.log(await softmaxJvp(y, dx).read()); // 0.0599, 0.1628, -0.2227
 * ```
 *
 * @throws RangeError if the shapes differ, or for an axis, scale or `out` that does not fit them.
 */
export function softmaxJvp(
  y: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
): GpuTensor<FloatDType> {
  const call = planDerivative('softmaxJvp', softmaxVjpOp, ['y', 'dx'], y, dx, options);
  return y.engine.execute(call);
}
