import type { Engine } from '../engine/engine';
import { checkedCount } from '../engine/host-data';
import { type Tuning, tuningOf } from '../engine/tuning';
import { checkSignal, throwIfAborted } from '../gpu/abort';
import { lossTold } from '../gpu/faults';
import { axisOf } from '../ops/common';
import type { PlanDevice, RowShape } from '../rows/plan';
import type { TunedTier } from '../rows/tiers';
import { isA } from '../util/kinds';
import { formatShape, wrongValue } from '../util/words';
import { findTiers, mostToTune, usualRows } from './tuner';

/** What `tune` measures, and how it reports progress. */
export interface TuneOptions {
  /**
   * Shapes and the axis of their rows (default −1). Default: rows of 19 lengths from 3 to 1 000 000,
   * contiguous and strided, of 1 MiB together on a software adapter and 16 MiB on a GPU.
   */
  shapes?: readonly { readonly shape: readonly number[]; readonly axis?: number }[];
  /** Stops before the next sample, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told after each shape. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Times on the engine's device the regimes that can take the rows of these shapes, and uses the fastest
 * for rows of such lengths from then on: those in the same bucket, which ends at a power of two.
 * Lengths tuned before keep their tiers. It takes seconds and two tensors of one shape at a time;
 * calls meanwhile run under the old tuning, and disturb the measurement.
 *
 * `topK`, `argmax` and `sample` are not tuned. They have two regimes, of which a fixed table takes
 * one by the adapter's class: on a CPU-backed adapter a barrier costs more than it saves; on a GPU
 * lanes share a row wherever its elements are contiguous and there are enough of them.
 *
 * ```ts
 * const tuning = await tune(engine, { shapes: [{ shape: [64, 1000] }] });
 * localStorage.setItem('tuning', JSON.stringify(tuning));
 * ```
 *
 * @returns the whole tuning, which is `engine.tuning` from then on.
 * @throws as a rejection, RangeError for a shape without elements or one too large to be measured,
 * the signal's reason when it is aborted, Error if the engine is destroyed, its device lost or the
 * GPU fails. The old tuning then stays.
 */
export async function tune(
  engine: Engine,
  { shapes, signal, onProgress = () => {} }: TuneOptions = {},
): Promise<Tuning> {
  const { runtime, device, adapterInfo } = engine;
  const check = () => {
    engine.checkUsable('tune');
    throwIfAborted(signal);
  };
  checkSignal('tune', signal);
  check();
  const { facts } = runtime;
  const rows = shapes?.map((spec) => rowsToTune(spec, facts)) ?? usualRows(facts);
  let found: TunedTier[];
  try {
    found = await findTiers(runtime, rows, check, onProgress);
    check();
  } catch (error) {
    check();
    const ofGpu = isA(error, 'DOMException') || isA((error as Error).cause, 'GPUError');
    // Most of these errors are not a lost device: out of memory is reported without a long wait.
    if (ofGpu) await lossTold(device, 5000);
    check();
    throw error;
  }
  const isNew = ({ rows, maxLength }: TunedTier) =>
    found.some((tier) => tier.rows === rows && tier.maxLength === maxLength);
  const kept = engine.tuning?.tiers.filter((tier) => !isNew(tier)) ?? [];
  const tuning = tuningOf(adapterInfo, facts, [...kept, ...found]);
  engine.retune(tuning);
  return tuning;
}

/** The rows of a shape, of which two tensors can be bound and walked at once. */
function rowsToTune(
  { shape, axis = -1 }: NonNullable<TuneOptions['shapes']>[number],
  device: PlanDevice,
): RowShape {
  const count = checkedCount('tune', shape);
  const at = axisOf('tune', shape, axis);
  const most = mostToTune(device);
  if (count < 1 || count > most) {
    const may = `1 to ${most} elements on this device`;
    wrongValue('tune', 'shape', may, `${count} (${formatShape(shape)})`);
  }
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
  return { outer: count / (shape[at]! * inner), length: shape[at]!, inner };
}
