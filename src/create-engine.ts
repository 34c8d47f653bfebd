import { Engine } from './engine/engine';
import type { Tuning } from './engine/tuning';
import { checkSignal, throwIfAborted, unlessAborted } from './gpu/abort';
import { chooseHalves } from './gpu/adapter';
import { describeDevice, type PlanOptions, requestDevice } from './gpu/device';
import { checkLoss } from './gpu/faults';
import type { PlanDevice } from './rows/plan';
import { testTypedHalves } from './self-test/f16';
import { verdictOn } from './self-test/verdicts';
import { checkOptions } from './util/checks';

const op = 'createEngine';

/** Options of `createEngine`. */
export interface CreateOptions extends GPURequestAdapterOptions, PlanOptions {
  /** Work on this device (ONNX Runtime Web's, TensorFlow.js's, yours); default: one of our own. */
  device?: GPUDevice;
  /** Gives up: the promise rejects at once with the signal's reason, and no device of ours is left. */
  signal?: AbortSignal | undefined;
  /** What `tune` found on this adapter with this version of the library; see `Engine.tuning`. */
  tuning?: Tuning | undefined;
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
  const { signal, tuning } = options;
  checkSignal(op, signal);
  throwIfAborted(signal);
  const coming = deviceFor(options);
  const [device, owned] = await unlessAborted(signal, coming, ([late, isOurs]) => {
    if (isOurs) late.destroy();
  });
  try {
    const plan = await unlessAborted(signal, planFor(device, options));
    return new Engine(device, owned, plan, tuning);
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
    halfConversion: __,
    maxStorageBufferBindingSize: ___,
    tuning: ____,
    signal,
    ...request
  } = options;
  return device === undefined ? [await requestDevice(request, signal), true] : [device, false];
}

/**
 * What to plan for on a device. The type f16 is used where the device's own passes a test; else
 * packed halves are, or it is an error where the type was asked for.
 */
async function planFor(device: GPUDevice, options: CreateOptions): Promise<PlanDevice> {
  const plan = describeDevice(device, options);
  await checkLoss(op, device);
  if (plan.halfConversion !== 'typed') return plan;
  const error = await verdictOn(testTypedHalves, device, () => new Engine(device, false, plan));
  // What fails on a lost device fails because of that.
  await checkLoss(op, device);
  if (!error) return plan;
  if (options.halfConversion === undefined) {
    return { ...plan, halfConversion: chooseHalves(plan.adapter, false) };
  }
  throw new Error(
    `${op}: halfConversion is 'typed', and this device's type f16 fails its test: ${error.message}; ` +
      "it may be 'integer' or 'native'",
    { cause: error },
  );
}
