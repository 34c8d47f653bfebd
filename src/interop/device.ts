import type { CreateOptions } from '../gpu/device';
import { isA } from '../gpu/kinds';
import { describe } from '../ops/arguments';
import { createSoftmax, type Softmax } from '../softmax';

/** Options of an engine on a runtime's device. */
export type BorrowOptions = Pick<
  CreateOptions,
  'adapterClass' | 'maxStorageBufferBindingSize' | 'tuning'
>;

/**
 * An engine on a runtime's device.
 *
 * @throws Error if there is no device yet; `hint` says how to get one.
 */
export function createOn(
  op: string,
  device: unknown,
  hint: string,
  options: BorrowOptions,
): Promise<Softmax> {
  if (!isA(device, 'GPUDevice')) {
    throw new Error(`${op}: the runtime's device is ${describe(device)}; ${hint}`);
  }
  return createSoftmax({ ...options, device: device as GPUDevice });
}
