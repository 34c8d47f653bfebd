import type { PlanDevice } from '../kernels/plan';
import { type AdapterClass, chooseHalves } from '../kernels/tiers';
import type { Tuning } from '../kernels/tuning';
import { type HalfConversion, halfConversions } from '../kernels/variant';
import { describe } from '../ops/arguments';
import { isA } from './kinds';

/** Options of `createSoftmax`. */
export interface CreateOptions extends GPURequestAdapterOptions {
  /** Work on this device (ONNX Runtime Web's, TensorFlow.js's, yours); default: one of our own. */
  device?: GPUDevice;
  /** Plan for a GPU or for a CPU-backed adapter; default: by the adapter's name. */
  adapterClass?: AdapterClass;
  /**
   * How f16 is read and written: packed in words, and converted by integer arithmetic ('integer') or by
   * the device's own instruction where that is exact ('native'); or bound as the type f16 ('typed'),
   * which takes the feature `shader-f16`. All give the same bits; default: by the adapter's class, and
   * 'typed' only where the device has it and its own test is passed.
   */
  halfConversion?: HalfConversion;
  /** Bind at most this many bytes of a buffer; default and maximum: the device's limit. */
  maxStorageBufferBindingSize?: number;
  /** What `tune` found on this adapter with this version of the library; see `Engine.tuning`. */
  tuning?: Tuning | undefined;
}

const wantedFeatures = ['subgroups', 'shader-f16', 'timestamp-query'] as const;
const wantedLimits = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * A device of our own, with the adapter's features and limits that the kernels can use.
 *
 * @throws Error if there is no WebGPU or no adapter; the message says what to do.
 */
export async function requestDevice(options: GPURequestAdapterOptions): Promise<GPUDevice> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) {
    throw new Error(
      'createSoftmax: there is no WebGPU here (navigator.gpu is undefined). It needs a browser with ' +
        'WebGPU (Chrome 113+, Edge 113+, Safari 26+, Firefox 141+) and a page served over https or from localhost',
    );
  }
  const adapter = await gpu.requestAdapter(options);
  if (!adapter) {
    throw new Error(
      `createSoftmax: no WebGPU adapter fits ${JSON.stringify(options)}. WebGPU may be switched off, or the ` +
        'GPU on a block list: see chrome://gpu or about:support',
    );
  }
  const limits: Record<string, number> = {};
  for (const name of wantedLimits) limits[name] = adapter.limits[name];
  return adapter.requestDevice({
    label: 'webgpu-softmax',
    requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
    requiredLimits: limits,
  });
}

/** Software adapters say so by name where they do not say so by flag. */
export function adapterClassOf(info: GPUAdapterInfo): AdapterClass {
  const name =
    `${info.vendor} ${info.architecture} ${info.device} ${info.description}`.toLowerCase();
  const software = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render|software/.test(name);
  return software || info.isFallbackAdapter ? 'cpu' : 'gpu';
}

/**
 * What the planner must know of a device: its own limits and features, never its adapter's.
 *
 * @throws TypeError if it is no device, RangeError for an option that is not one it allows.
 */
export function describeDevice(device: GPUDevice, options: CreateOptions): PlanDevice {
  if (!isA(device, 'GPUDevice')) {
    throw new TypeError(`createSoftmax: device is ${describe(device)}; it must be a GPUDevice`);
  }
  const limit = device.limits.maxStorageBufferBindingSize;
  const maxBinding = options.maxStorageBufferBindingSize ?? limit;
  if (!Number.isInteger(maxBinding) || maxBinding < 1024 || maxBinding > limit) {
    throw new RangeError(
      `createSoftmax: maxStorageBufferBindingSize is ${maxBinding}; it may be an integer of 1024 … ${limit}`,
    );
  }
  const adapter = options.adapterClass ?? adapterClassOf(device.adapterInfo);
  if (adapter !== 'cpu' && adapter !== 'gpu') {
    throw new RangeError(`createSoftmax: adapterClass is '${adapter}'; it may be 'cpu' or 'gpu'`);
  }
  const typed = device.features.has('shader-f16');
  const halfConversion = options.halfConversion ?? chooseHalves(adapter, typed);
  if (!halfConversions.includes(halfConversion)) {
    throw new RangeError(
      `createSoftmax: halfConversion is ${describe(halfConversion)}; it may be 'integer', 'native' or 'typed'`,
    );
  }
  if (halfConversion === 'typed' && !typed) {
    throw new RangeError(
      "createSoftmax: halfConversion is 'typed', and this device lacks the feature shader-f16; " +
        "it may be 'integer' or 'native'",
    );
  }
  return {
    adapter,
    halfConversion,
    // Outside browsers a borrowed device may be all there is.
    subgroups:
      device.features.has('subgroups') &&
      globalThis.navigator?.gpu?.wgslLanguageFeatures.has('subgroup_id') === true,
    // Where nothing is said, what WGSL allows.
    subgroupMinSize: device.adapterInfo.subgroupMinSize || 4,
    subgroupMaxSize: device.adapterInfo.subgroupMaxSize || 128,
    maxBinding,
    maxWorkgroups: device.limits.maxComputeWorkgroupsPerDimension,
    // About a second on a software adapter, tens of milliseconds on a GPU.
    maxElements: adapter === 'cpu' ? 2 ** 25 : 2 ** 29,
  };
}
