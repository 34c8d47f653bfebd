import { type Engine, prepare, softmax, stream, tune } from '../../src/index';

/**
 * Hosts that lack what newer browsers have. Each function takes it away from its page before the
 * library is there, so nothing of that is imported but by a call.
 */

const requestDevice = async () => (await navigator.gpu.requestAdapter())!.requestDevice();

/** Takes names away from an object, and expects them to have been there. */
function take(from: object, ...names: string[]): void {
  for (const name of names) {
    if (!Reflect.deleteProperty(from, name)) throw new Error(`${name} is to stay`);
  }
}

/** The constants of WebGPU that the library has of its own, where they differ from the browser's. */
export async function differingConstants(): Promise<string[]> {
  const own = await import('../../src/gpu/constants');
  const { limits } = await requestDevice();
  const pairs: [string, object, object][] = [
    ['usage', own.bufferUsage, GPUBufferUsage],
    ['mode', own.mapMode, GPUMapMode],
    ['stage', own.shaderStage, GPUShaderStage],
    // A device that asks for no more has these.
    ['limit', own.leastLimits, limits],
  ];
  return pairs.flatMap(([kind, ours, theirs]) =>
    Object.entries(ours)
      .filter(([name, value]) => theirs[name as keyof typeof theirs] !== value)
      .map(([name]) => `${kind} ${name}`),
  );
}

/** A host with a device and no more: no global of WebGPU, nothing that a device may not tell. */
export async function deviceAlone(): Promise<Record<string, unknown>> {
  const device = await requestDevice();
  take(GPUBuffer.prototype, 'mapState');
  const globals = Object.getOwnPropertyNames(globalThis).filter((name) => /^(GPU|WGSL)/.test(name));
  take(
    globalThis,
    ...globals,
    ...['navigator', 'DOMException', 'ReadableStream', 'AbortSignal', 'AbortController'],
    ...['Float16Array', 'SharedArrayBuffer'],
  );
  for (const name of ['adapterInfo', 'lost']) Object.defineProperty(device, name, {});
  Object.defineProperty(device, 'limits', { value: {} });
  const { createEngine } = await import('../../src/index');
  const { everyOperation, isRight } = await import('../../conformance/every-operation');
  const engine = await createEngine({ device, adapterClass: 'cpu' });
  const told = { operations: await isRight(engine, everyOperation), ...(await uses(engine)) };
  const { vendor, architecture, description } = engine.adapterInfo;
  engine.destroy();
  device.destroy();
  return { ...told, globals: globals.length > 20, info: [vendor, architecture, description] };
}

/** What works beside operations. */
async function uses(engine: Engine) {
  await prepare(engine, [[softmax, { shape: [4, 9] }]]);
  const tuning = await tune(engine, { shapes: [{ shape: [64, 1000] }] });
  const streamed: number[] = [];
  const source = [new Float32Array([1, 1, 1, 1]), new Float32Array(4)];
  for await (const p of stream(engine, source, (x) => softmax(x), { classes: 4 }))
    streamed.push(...p);
  const usage = 128 | 4;
  const wrapped = engine.wrap(engine.device.createBuffer({ size: 16, usage }), [4]);
  return {
    tiers: tuning.tiers.length,
    streamed,
    wrapped: [...(await softmax(wrapped).read())],
    software: engine.isSoftware,
  };
}

/**
 * Chrome as it was at first: adapters are asked what they are, pipelines want their entry point by
 * name, and signals have no reason.
 *
 * @param names what adapters say, besides whether they are a fallback; default: what they do say.
 */
export async function firstChrome(names?: Partial<GPUAdapterInfo>) {
  const { info } = (await navigator.gpu.requestAdapter())!;
  take(GPUDevice.prototype, 'adapterInfo');
  take(GPUAdapter.prototype, 'info');
  take(GPU.prototype, 'wgslLanguageFeatures');
  take(AbortSignal.prototype, 'throwIfAborted', 'reason');
  const { vendor, architecture, device, description } = info;
  const told = names ?? { vendor, architecture, device, description };
  Object.assign(GPUAdapter.prototype, {
    isFallbackAdapter: info.isFallbackAdapter,
    requestAdapterInfo: async () => told,
  });
  for (const name of ['createComputePipeline', 'createComputePipelineAsync'] as const) {
    const make: (descriptor: GPUComputePipelineDescriptor) => unknown = GPUDevice.prototype[name];
    Object.assign(GPUDevice.prototype, {
      [name](this: GPUDevice, descriptor: GPUComputePipelineDescriptor) {
        if (descriptor.compute.entryPoint === undefined) throw new TypeError('no entryPoint');
        return make.call(this, descriptor);
      },
    });
  }
  const { createEngine } = await import('../../src/index');
  const { everyOperation, isRight } = await import('../../conformance/every-operation');
  const engine = await createEngine();
  const result = {
    operations: await isRight(engine, everyOperation),
    ...(await uses(engine)),
    ofEngine: engine.adapterInfo.architecture === (told.architecture ?? ''),
    ofDevice: engine.device.adapterInfo === engine.adapterInfo,
    aborted: await createEngine({ signal: AbortSignal.abort() }).catch(({ name }) => name),
  };
  engine.destroy();
  return result;
}
