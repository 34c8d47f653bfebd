import { Engine } from './engine/engine';
import { checkSignal, throwIfAborted, unlessAborted } from './gpu/abort';
import { describeDevice, type PlanOptions, requestDevice } from './gpu/device';
import { checkLoss } from './gpu/faults';
import type { HalfPrecision } from './gpu/halves';
import type { PlanDevice } from './rows/plan';
import { checkOptions } from './util/checks';
import { describe, wrongKind } from './util/words';

const op = 'createEngine';

/** Options of `createEngine`. */
export interface CreateOptions extends GPURequestAdapterOptions, PlanOptions {
  /** Work on this device (ONNX Runtime Web's, TensorFlow.js's, yours); default: one of our own. */
  device?: GPUDevice;
  /** Takes tensors of f16: `f16`, which the library exports. Without it there are none. */
  f16?: HalfPrecision | undefined;
  /** Gives up: the promise rejects at once with the signal's reason, and no device of ours is left. */
  signal?: AbortSignal | undefined;
}

/**
 * An engine on a device of its own, or on `options.device`, which is borrowed: its limits and
 * features are used as they are and it is not destroyed. `powerPreference` and the other options of
 * `requestAdapter` pass through.
 *
 * ```ts
 * import { createEngine, softmax } from 'webgpu-softmax';
 *
 * const engine = await createEngine({ powerPreference: 'high-performance' });
 * const p = softmax(engine.tensor([1, 2, 3], [1, 3]));
 * console.log(await p.read()); // 0.0900, 0.2447, 0.6652
 * engine.destroy();
 * ```
 *
 * @throws as a rejection, Error if there is no WebGPU, no adapter, or the device is lost; TypeError or
 * RangeError for options that do not fit; the signal's reason when it is aborted. A device of our own
 * is then destroyed.
 */
export async function createEngine(options: CreateOptions = {}): Promise<Engine> {
  checkOptions(op, 'options', options);
  const { signal } = options;
  checkSignal(op, signal);
  throwIfAborted(signal);
  const coming = deviceFor(options);
  const [device, owned] = await unlessAborted(signal, coming, ([late, isOurs]) => {
    if (isOurs) late.destroy();
  });
  try {
    const plan = await unlessAborted(signal, planFor(device, options));
    return new Engine(device, owned, plan);
  } catch (error) {
    if (owned) device.destroy();
    throw error;
  }
}

/** The device to work on, and whether it is ours. */
async function deviceFor(options: CreateOptions): Promise<[GPUDevice, boolean]> {
  const {
    device,
    adapterClass: _,
    f16: __,
    halfConversion: ___,
    maxStorageBufferBindingSize: ____,
    signal,
    ...request
  } = options;
  return device === undefined ? [await requestDevice(request, signal), true] : [device, false];
}

/** What to plan for on a device. */
async function planFor(device: GPUDevice, options: CreateOptions): Promise<PlanDevice> {
  const { f16, halfConversion } = options;
  const plan = describeDevice(device, options);
  if (f16 !== undefined && f16?.name !== 'f16') {
    wrongKind(op, 'f16', 'f16 (exported by the library)', describe(f16));
  }
  await checkLoss(op, device);
  return f16 ? { ...plan, halves: await f16.on(device, plan, halfConversion) } : plan;
}
