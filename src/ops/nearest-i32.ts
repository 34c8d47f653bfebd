import { Call } from '../engine/call';
import type { GpuTensor } from '../engine/tensor';
import { planNarrow } from '../map/nearest-i32';
import { addOutput } from './output';

/**
 * The i32 nearest to each integer of 64 bits: what does not fit becomes the least or the largest, which
 * is no class of any row.
 *
 * @param words of the shape of the result and, along a last axis of 2, the low word and the high one.
 */
export function nearestI32(op: string, words: GpuTensor): GpuTensor<'i32'> {
  const inputs = [{ name: 'words', region: words, rowData: false }];
  const call = new Call<GpuTensor<'i32'>>(op, words.engine, {}, inputs);
  const y = addOutput(call, 'out', undefined, words.shape.slice(0, -1), ['i32'], false);
  call.add(planNarrow, { x: words, y: y.region });
  return call.engine.execute(call.giving(y.tensor));
}
