import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { planNarrow } from '../map/training';
import { outputOf } from './output';

/**
 * The i32 nearest to each integer of 64 bits: what does not fit becomes the least or the largest, which
 * is no class of any row.
 *
 * @param words of the shape of the result and, along a last axis of 2, the low word and the high one.
 */
export function nearestI32(engine: Engine, op: string, words: GpuTensor): GpuTensor<'i32'> {
  return engine.record(op, {}, [{ region: words }], (recorder) => {
    const shape = words.shape.slice(0, -1);
    const y = outputOf(engine, op, 'out', undefined, shape, ['i32'], [], false, recorder);
    recorder.plan(planNarrow, { x: words, y: y.region });
    return y.tensor;
  });
}
