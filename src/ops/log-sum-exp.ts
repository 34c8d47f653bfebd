import value from '../../shaders/loaders/value.wgsl';
import ownSource from '../../shaders/ops/log-sum-exp.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import log from '../../shaders/shared/log.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { RowOp } from '../rows/row-op';
import { type LogitsOptions, parseLogits, planValues } from './logits';

/** Its kernels' own part. */
export const logSumExpOp: RowOp = {
  name: 'log-sum-exp',
  hasMax: true,
  sumCount: 1,
  padding: 'NEG_INF',
  sources: [ownSource, sumOfExp, log],
  values: value,
  precise: true,
};

/**
 * `lse = s·max + log Σ exp(t)`, `t = s·(x − max)`; the shape of x without the axis.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
 * console.log(await logSumExp(x).read()); // 3.4076, 1.0986
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function logSumExp(x: GpuTensor, options: LogitsOptions = {}): GpuTensor<'f32'> {
  const logits = parseLogits('logSumExp', x, options);
  return x.engine.execute(planValues(logSumExpOp, logits));
}
