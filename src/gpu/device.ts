import { checkChoice, checkClass } from '../util/checks';
import { notIn } from '../util/words';
import { throwIfAborted } from './abort';
import type { AdapterClass, DeviceFacts } from './adapter';
import { limitOf } from './constants';
import type { HalfConversion } from './halves';

/** What a device is planned for, where that is not what it says of itself. */
export interface PlanOptions {
  /** Plan for a GPU or for a CPU-backed adapter; default: by the adapter's name. */
  adapterClass?: AdapterClass;
  /**
   * How f16 is read and written: packed in words, and converted by integer arithmetic ('integer') or by
   * the device's own instruction where that is exact ('native'); or bound as the type f16 ('typed'),
   * which takes the feature `shader-f16`. All give the same bits; default: by the adapter's class, and
   * 'typed' only where the device has it and its own test is passed. Of use with `f16` alone; for tests
   * and benchmarks.
   *
   * @internal
   */
  halfConversion?: HalfConversion;
  /** Bind at most this many bytes of a buffer; default and maximum: the device's limit. */
  maxStorageBufferBindingSize?: number;
}

const op = 'createEngine';

const wantedFeatures = ['subgroups', 'shader-f16', 'timestamp-query'] as const;
const wantedLimits = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/** What an adapter had before Chrome 127 and 140. */
interface EarlyAdapter {
  requestAdapterInfo?(): Promise<Partial<GPUAdapterInfo>>;
  readonly isFallbackAdapter?: boolean;
}

/**
 * A device of our own, with the adapter's features and limits that the kernels can use. What its
 * adapter is it says also where browsers let only the adapter say so.
 *
 * @throws Error if there is no WebGPU or no adapter; the message says what to do. The signal's reason
 * if it is aborted before the device is asked for.
 */
export async function requestDevice(
  options: GPURequestAdapterOptions,
  signal?: AbortSignal | undefined,
): Promise<GPUDevice> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) {
    throw new Error(
      'createEngine: there is no WebGPU here (navigator.gpu is undefined); use a browser with WebGPU ' +
        '(Chrome 113+, Edge 113+, Safari 26+, Firefox 141+) and a page served over https or from localhost',
    );
  }
  const adapter: (GPUAdapter & EarlyAdapter) | null = await gpu.requestAdapter(options);
  if (!adapter) {
    throw new Error(
      `createEngine: no WebGPU adapter fits ${JSON.stringify(options)} (WebGPU may be switched off, or the ` +
        'GPU on a block list); see chrome://gpu or about:support',
    );
  }
  const limits: Record<string, number> = {};
  for (const name of wantedLimits) {
    if (adapter.limits[name] !== undefined) limits[name] = adapter.limits[name];
  }
  const info = adapter.info ?? (await adapter.requestAdapterInfo?.());
  throwIfAborted(signal);
  const device = await adapter.requestDevice({
    label: 'webgpu-softmax',
    requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
    requiredLimits: limits,
  });
  if (device.adapterInfo?.isFallbackAdapter === undefined) {
    Object.defineProperty(device, 'adapterInfo', { value: infoFrom(info, adapter) });
  }
  return device;
}

/** What an adapter says of itself, and nothing where it says nothing. */
function infoFrom(
  info: Partial<GPUAdapterInfo> | undefined,
  { isFallbackAdapter }: EarlyAdapter,
): GPUAdapterInfo {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const { subgroupMinSize, subgroupMaxSize, isFallbackAdapter: isFallback } = info ?? {};
  return {
    vendor,
    architecture,
    device,
    description,
    subgroupMinSize,
    subgroupMaxSize,
    isFallbackAdapter: isFallback ?? isFallbackAdapter,
  } as GPUAdapterInfo;
}

/** What a device says of its adapter; in browsers that let it say nothing, nothing is known. */
export const adapterInfoOf = (device: GPUDevice): GPUAdapterInfo =>
  device.adapterInfo ?? infoFrom(undefined, {});

/** Whether a CPU does the work. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  // Dawn says so of all that has Mesa's vendor number: llvmpipe, and Apple's GPUs under Linux.
  const isMesa = architecture === 'software';
  const names = `${vendor} ${isMesa ? '' : architecture} ${device} ${description}`.toLowerCase();
  if (/swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render|software/.test(names))
    return true;
  return isFallbackAdapter ?? (isMesa && !/apple|honeykrisp/.test(names));
}

/** What to plan for where nothing else is asked for. */
export const adapterClassOf = (info: GPUAdapterInfo): AdapterClass =>
  isSoftware(info) ? 'cpu' : 'gpu';

/**
 * What the planner must know of a device: its own limits and features, never its adapter's.
 *
 * @throws TypeError unless it is a device, RangeError for an invalid option.
 */
export function describeDevice(device: GPUDevice, options: PlanOptions): DeviceFacts {
  checkClass(op, 'device', device, 'GPUDevice');
  const limit = limitOf(device, 'maxStorageBufferBindingSize');
  const maxBinding = options.maxStorageBufferBindingSize ?? limit;
  if (!Number.isInteger(maxBinding) || maxBinding < 1024 || maxBinding > limit) {
    throw new RangeError(notIn(op, 'maxStorageBufferBindingSize', maxBinding, 1024, limit));
  }
  const info = adapterInfoOf(device);
  const adapter = options.adapterClass ?? adapterClassOf(info);
  checkChoice(op, 'adapterClass', adapter, ['cpu', 'gpu']);
  return {
    adapter,
    // Outside browsers a borrowed device may be all there is.
    subgroups:
      device.features.has('subgroups') &&
      globalThis.navigator?.gpu?.wgslLanguageFeatures?.has('subgroup_id') === true,
    // Where nothing is said, what WGSL allows.
    subgroupMinSize: info.subgroupMinSize || 4,
    maxBinding,
    maxWorkgroups: limitOf(device, 'maxComputeWorkgroupsPerDimension'),
    // About a second on a software adapter, tens of milliseconds on a GPU.
    maxElements: adapter === 'cpu' ? 2 ** 25 : 2 ** 29,
  };
}
