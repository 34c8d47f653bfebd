import { type CreateOptions, createEngine } from '../create-engine';
import type { Engine } from '../engine/engine';
import { checkSignal, unlessAborted } from '../gpu/abort';
import { checkOptions } from '../util/checks';
import { isA } from '../util/kinds';
import { describe } from '../util/words';

/** Options of an engine on a runtime's device. */
export type BorrowOptions = Pick<
  CreateOptions,
  'adapterClass' | 'f16' | 'maxStorageBufferBindingSize' | 'signal'
>;

/**
 * An engine on a runtime's device.
 *
 * @param coming the device, or a promise of it.
 * @throws as a rejection, Error if there is no device yet: `hint` says how to get one. The signal's
 * reason if it is aborted.
 */
export async function createOn(
  op: string,
  coming: unknown,
  hint: string,
  options: BorrowOptions,
): Promise<Engine> {
  checkOptions(op, 'options', options);
  checkSignal(op, options.signal);
  const device = await unlessAborted(options.signal, Promise.resolve(coming));
  if (!isA(device, 'GPUDevice')) {
    throw new Error(`${op}: the runtime's device is ${describe(device)}; ${hint}`);
  }
  return createEngine({ ...options, device: device as GPUDevice });
}
