// A process that compiles kernels on the GPU it finds: Dawn in Node, wgpu in Deno. It is told of each by a
// message, answers when it is compiled, and ends with its parent.
import process from 'node:process';

if (!globalThis.navigator?.gpu) {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  globalThis.navigator ??= {};
  // There it stays while it is in use: Dawn ends the process if it is collected.
  Object.defineProperty(globalThis.navigator, 'gpu', { value: create([]), configurable: true });
}

/** The limits that a device is asked for which shall have more than the least. */
const RAISED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
];
const FEATURES = ['subgroups', 'shader-f16'];

let device;

const calls = {
  async open({ raised }) {
    const { gpu } = navigator;
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('there is no adapter');
    const limits = raised ? RAISED.map((name) => [name, adapter.limits[name]]) : [];
    device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
      requiredLimits: Object.fromEntries(limits),
    });
    const { vendor, architecture, device: name, description } = adapter.info;
    const { subgroupMinSize, subgroupMaxSize, isFallbackAdapter } = adapter.info;
    return {
      info: {
        vendor,
        architecture,
        device: name,
        description,
        subgroupMinSize,
        subgroupMaxSize,
        isFallbackAdapter,
      },
      features: [...device.features].sort(),
      languageFeatures: [...(gpu.wgslLanguageFeatures ?? [])].sort(),
      limits: Object.fromEntries(
        ['maxComputeWorkgroupsPerDimension', ...RAISED].map((limit) => [
          limit,
          device.limits[limit],
        ]),
      ),
    };
  },

  async compile({ name, wgsl, bindings }) {
    device.pushErrorScope('internal');
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: name, code: wgsl });
    const entries = bindings.map((type, binding) => ({
      binding,
      visibility: 4,
      buffer: { type },
    }));
    const group = device.createBindGroupLayout({ entries });
    const layout = device.createPipelineLayout({ bindGroupLayouts: [group] });
    device.createComputePipeline({ label: name, layout, compute: { module, entryPoint: 'main' } });
    const errors = [await device.popErrorScope(), await device.popErrorScope()];
    const error = errors.find((one) => one);
    if (error) throw new Error(error.message);
  },
};

process.on('message', async ({ id, call, args }) => {
  try {
    process.send({ id, value: await calls[call](args) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});
process.send({ ready: true });
