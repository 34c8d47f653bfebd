import ownSource from '../../shaders/ops/log-softmax.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import log from '../../shaders/shared/log.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { type LogitsOptions, parseLogits, planElements } from './logits';

/** Its kernels' own part. */
export const logSoftmaxOp: RowOp = {
  name: 'log-softmax',
  hasMax: true,
  sumCount: 1,
  padding: 'NEG_INF',
  sources: [ownSource, sumOfExp, log],
  precise: true,
};

/**
 * Log-probabilities `y = t − log Σ exp(t)`, `t = s·(x − max)`; the shape of x.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3], [1, 3]);
 * console.log(await logSoftmax(x).read()); // -2.4076, -1.4076, -0.4076
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function logSoftmax(x: GpuTensor, options: LogitsOptions = {}): GpuTensor<FloatDType> {
  const logits = parseLogits('logSoftmax', x, options, '-inf');
  return x.engine.execute(planElements(logSoftmaxOp, logits));
}
