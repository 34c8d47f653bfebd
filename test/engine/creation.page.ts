/** Engines whose creation is given up, or fails: what is told, and which devices are left. */
import { createEngine, f16, softmax } from '../../src/index';
import { createEngineOn, type OnnxRuntime } from '../../src/interop/onnxruntime';

/** Counts what is asked of adapters; devices that nobody has destroyed are alive. */
class Counted {
  adapters = 0;
  devices = 0;
  readonly alive = new Set<GPUDevice>();
  /** Is told of each device before its asker is. */
  onDevice: (device: GPUDevice) => void | Promise<void> = () => {};

  constructor() {
    const { requestAdapter } = navigator.gpu;
    navigator.gpu.requestAdapter = (options) => {
      this.adapters++;
      return requestAdapter.call(navigator.gpu, options);
    };
    const { requestDevice } = GPUAdapter.prototype;
    const note = (device: GPUDevice) => this.note(device);
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      await note(device);
      return device;
    };
  }

  private async note(device: GPUDevice): Promise<void> {
    this.devices++;
    this.alive.add(device);
    void device.lost.then(() => this.alive.delete(device));
    await this.onDevice(device);
  }

  /** Devices that are alive once those asked for have come and gone. */
  async left(): Promise<number> {
    const end = performance.now() + 10_000;
    do await new Promise((resolve) => setTimeout(resolve, 20));
    while (this.alive.size > 0 && performance.now() < end);
    return this.alive.size;
  }
}

const counted = new Counted();

async function said(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'an engine';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/**
 * Many engines, given up together.
 *
 * @param when at once; when the adapters are there; when the first device is; when they test it.
 */
export async function abandoned(count: number, when: 'at once' | 'adapter' | 'device' | 'test') {
  const controller = new AbortController();
  const abort = () => controller.abort('enough');
  const { signal } = controller;
  if (when === 'device') counted.onDevice = abort;
  if (when === 'test') {
    counted.onDevice = (device) => {
      Object.defineProperty(device, 'features', { value: new Set(['shader-f16']) });
      device.createShaderModule = () => {
        abort();
        throw new Error('too late');
      };
    };
  }
  const told = Array.from({ length: count }, () =>
    said(createEngine({ signal, f16, halfConversion: when === 'test' ? 'typed' : 'integer' })),
  );
  if (when === 'at once') abort();
  if (when === 'adapter') {
    const info = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, 'info')!;
    // Read before a device is asked for.
    Object.defineProperty(GPUAdapter.prototype, 'info', {
      get() {
        abort();
        return info.get!.call(this);
      },
    });
  }
  const reasons = [...new Set(await Promise.all(told))];
  return { reasons, left: await counted.left(), devices: counted.devices };
}

/** A signal that was aborted before. */
export async function aborted() {
  const told = await said(createEngine({ signal: AbortSignal.abort('before') }));
  return { told, adapters: counted.adapters };
}

/** An engine whose creation nobody has given up keeps its device, whatever its signal does later. */
export async function kept() {
  const controller = new AbortController();
  const engine = await createEngine({ signal: controller.signal });
  controller.abort();
  const p = await softmax(engine.tensor([1, 1], [2])).read();
  const alive = counted.alive.size;
  engine.destroy();
  return { p: [...p], alive, left: await counted.left() };
}

/** Signals on the way to a runtime's device. */
export async function onRuntime() {
  const controller = new AbortController();
  const ort = { env: { webgpu: { device: new Promise(() => {}) } } } as unknown as OnnxRuntime;
  const never = said(createEngineOn(ort, { signal: controller.signal }));
  const wrong = await said(createEngineOn(ort, { signal: 5 as unknown as AbortSignal }));
  controller.abort('enough');
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  Object.assign(ort.env.webgpu, { device: Promise.resolve(device) });
  const told = {
    never: await never,
    wrong,
    aborted: await said(createEngineOn(ort, { signal: AbortSignal.abort('before') })),
    // A borrowed device is its owner's.
    alive: counted.alive.size,
  };
  device.destroy();
  return { ...told, left: await counted.left() };
}

/** Devices that are lost already: a borrowed one, and one of our own. */
export async function lost() {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  device.destroy();
  await device.lost;
  const borrowed = await said(createEngine({ device }));
  const going = await (await navigator.gpu.requestAdapter())!.requestDevice();
  going.destroy();
  const justNow = await said(createEngine({ device: going }));
  counted.onDevice = async (own) => {
    own.destroy();
    await own.lost;
  };
  return { borrowed, justNow, own: await said(createEngine()) };
}

/** Creations that fail, and the devices that each has left. */
export async function failing() {
  const wrong: Record<string, unknown> = {
    'no options': null,
    device: { device: null },
    signal: { signal: 5 },
    'adapter class': { adapterClass: 'tpu' },
    binding: { maxStorageBufferBindingSize: 1 },
    f16: { f16: 5 },
    halves: { f16, halfConversion: 'magic' },
  };
  const told: Record<string, string> = {};
  for (const [label, options] of Object.entries(wrong)) {
    told[label] = await said(createEngine(options as object));
  }
  counted.onDevice = (device) => {
    Object.defineProperty(device, 'features', { value: new Set(['shader-f16']) });
    const make = device.createShaderModule.bind(device);
    device.createShaderModule = ({ code }) => make({ code: code.replace(/enable f16;/g, '!') });
  };
  told['self-test'] = await said(createEngine({ f16, halfConversion: 'typed' }));
  return { told, left: await counted.left(), devices: counted.devices };
}
