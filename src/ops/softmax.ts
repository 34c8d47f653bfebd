import ownSource from '../../shaders/ops/softmax.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import type { GpuTensor } from '../engine/tensor';
import type { FloatDType } from '../gpu/region';
import type { RowOp } from '../rows/row-op';
import { type LogitsOptions, parseLogits, planElements } from './logits';

/** Its kernels' own part. */
export const softmaxOp: RowOp = {
  name: 'softmax',
  hasMax: true,
  sumCount: 1,
  padding: 'NEG_INF',
  mapsToExp: true,
  sources: [ownSource, sumOfExp],
  precise: true,
};

/**
 * Probabilities `y = exp(t) / Σ exp(t)`, `t = s·(x − max)`; the shape of x.
 *
 * ```ts
 * const x = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
 * console.log(await softmax(x).read()); // 0.0900, 0.2447, 0.6652, 0.3333, 0.3333, 0.3333
 * ```
 *
 * @throws RangeError for an axis, scale, mask or `out` that does not fit x.
 */
export function softmax(x: GpuTensor, options: LogitsOptions = {}): GpuTensor<FloatDType> {
  const logits = parseLogits('softmax', x, options);
  return x.engine.execute(planElements(softmaxOp, logits));
}
