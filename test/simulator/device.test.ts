import { expect, test } from 'vitest';
import { SimulatedDevice } from '../../simulator/device/device';
import { type CompileForRdna2, Pipelines } from '../../simulator/device/pipeline';
import { bufferUsage } from '../../src/gpu/constants';
import { captureOf, WGSL } from './run';

const BYTES = 256;
const usage = bufferUsage.STORAGE | bufferUsage.COPY_SRC | bufferUsage.COPY_DST;

const plusOne: CompileForRdna2 = async () => captureOf('v_add_nc_u32_e32 v3, 1, v2');

/** A device on which every kernel is compiled to the same. */
function deviceWith(compile: CompileForRdna2): GPUDevice {
  const info = {} as GPUAdapterInfo;
  const parts = {
    pipelines: new Pipelines(compile),
    info,
    features: new Set<string>(),
    limits: {},
  };
  return new SimulatedDevice(parts) as unknown as GPUDevice;
}

function pipelineOn(device: GPUDevice) {
  const types = ['read-only-storage', 'storage'] as const;
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: 4, buffer: { type } })),
  });
  const pipeline = device.createComputePipeline({
    label: 'test',
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code: WGSL }) },
  });
  return { layout, pipeline };
}

/** Submits a dispatch from one buffer to another. */
function dispatch(
  device: GPUDevice,
  { layout, pipeline }: ReturnType<typeof pipelineOn>,
  buffers: readonly GPUBuffer[],
): void {
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

const bufferOn = (device: GPUDevice, label: string) =>
  device.createBuffer({ label, size: BYTES, usage });

async function firstWord(buffer: GPUBuffer): Promise<number> {
  await buffer.mapAsync(1);
  const [word] = new Uint32Array(buffer.getMappedRange());
  buffer.unmap();
  return word!;
}

test('what is submitted is done in its order', async () => {
  const device = deviceWith(plusOne);
  const parts = pipelineOn(device);
  const [a, b, c] = ['a', 'b', 'c'].map((label) => bufferOn(device, label)) as [
    GPUBuffer,
    GPUBuffer,
    GPUBuffer,
  ];
  const words = new Uint32Array(64).fill(5);
  device.queue.writeBuffer(a, 0, words);
  words.fill(7);
  dispatch(device, parts, [a, b]);
  dispatch(device, parts, [b, c]);
  device.queue.writeBuffer(a, 0, words);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(c, 0, b, 4, 4);
  encoder.clearBuffer(c, 0, 4);
  device.queue.submit([encoder.finish()]);
  // Freed when it is submitted, as WebGPU allows.
  c.destroy();
  await b.mapAsync(1);
  expect([...new Uint32Array(b.getMappedRange(0, 8))]).toEqual([6, 7]);
  expect(await firstWord(a)).toBe(7);
});

test('what is mapped at creation holds what is written into it', async () => {
  const device = deviceWith(plusOne);
  const buffer = device.createBuffer({ size: 16, usage, mappedAtCreation: true });
  new Uint32Array(buffer.getMappedRange(4, 8)).set([3, 4]);
  buffer.unmap();
  await buffer.mapAsync(1);
  expect([...new Uint32Array(buffer.getMappedRange())]).toEqual([0, 3, 4, 0]);
});

test('a submission that is not valid is told to the scope, and not done', async () => {
  const device = deviceWith(plusOne);
  const parts = pipelineOn(device);
  const [a, b] = [bufferOn(device, 'a'), bufferOn(device, 'b')];
  const errorOf = async (work: () => void) => {
    device.pushErrorScope('validation');
    work();
    return (await device.popErrorScope())?.message;
  };
  expect(await errorOf(() => dispatch(device, parts, [a, a]))).toBe(
    "test: 'a' is bound for writing, and for reading alone",
  );
  expect(await errorOf(() => device.queue.writeBuffer(b, 4, new Uint32Array(64)))).toBe(
    "writeBuffer: bytes 4 to 260 of 'b' (256 bytes)",
  );
  a.destroy();
  expect(await errorOf(() => dispatch(device, parts, [a, b]))).toBe("test: 'a' is destroyed");
  expect(await errorOf(() => {})).toBeUndefined();
  expect(await firstWord(b)).toBe(0);
});

test('a fault of the machine code rejects the next wait, and no later one', async () => {
  const device = deviceWith(async () => captureOf('v_add_nc_u32_e32 v1, 4, v1'));
  const buffers = [bufferOn(device, 'a'), bufferOn(device, 'b')];
  dispatch(device, pipelineOn(device), buffers);
  await expect(buffers[1]!.mapAsync(1)).rejects.toThrow(/^store to 'y' out of bounds: lane 63/);
  await device.queue.onSubmittedWorkDone();
});

test('a kernel that does not compile is told to the scope, and to who waits for it', async () => {
  const device = deviceWith(async () => {
    throw new Error('no such thing');
  });
  device.pushErrorScope('validation');
  const parts = pipelineOn(device);
  expect((await device.popErrorScope())?.message).toBe('no such thing');
  dispatch(device, parts, [bufferOn(device, 'a'), bufferOn(device, 'b')]);
  await expect(device.queue.onSubmittedWorkDone()).rejects.toThrow('no such thing');
});
