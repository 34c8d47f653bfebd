import value from '../../shaders/loaders/value.wgsl';
import ownSource from '../../shaders/ops/log-sum-exp-vjp.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { HostNumbers } from '../engine/host-data';
import { type GpuTensor, isTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { wrongKind } from '../util/words';
import { type LogitsOptions, parseLogits, planElements } from './logits';
import { checkFits, parseNumbers } from './small';

/** Its kernels' own part. */
export const logSumExpVjpOp: RowOp = {
  name: 'log-sum-exp-vjp',
  hasMax: true,
  sumCount: 1,
  padding: 'NEG_INF',
  mapsToExp: true,
  sources: [ownSource, sumOfExp],
  values: value,
  precise: true,
};

/**
 * The VJP of `lse = logSumExp(x)`: `dx = s·y·dLse`, `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`;
 * dLse (f32, or as many numbers on the host) has the shape of x without the axis, the result that
 * of x. Options as in the forward call. It needs no lse: one of f32 has no digits left to tell the
 * elements of a row at −10⁹ apart.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3], [1, 3]);
 * const dLse = engine.tensor([10], [1]);
 * console.log(await logSumExpVjp(x, dLse).read()); // 0.9003, 2.4473, 6.6524
 * ```
 *
 * @throws RangeError for a shape, axis, scale, mask or `out` that does not fit x.
 */
export function logSumExpVjp(
  x: GpuTensor,
  dLse: GpuTensor | HostNumbers,
  options: LogitsOptions = {},
): GpuTensor<FloatDType> {
  const op = 'logSumExpVjp';
  if (isTensor(options)) {
    const may = 'an object (after x and dLse alone)';
    wrongKind(op, 'options', may, 'a GpuTensor');
  }
  const logits = parseLogits(op, x, options);
  const upstream = parseNumbers(x.engine, op, 'dLse', dLse);
  checkFits(op, 'dLse', upstream, logits.rows.rowShape, 'the shape of x without the axis');
  return x.engine.execute(planElements(logSumExpVjpOp, logits, upstream));
}
