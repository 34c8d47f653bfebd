/** ONNX Runtime Web on its WebGPU provider: a model of one operation, on buffers of its device. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import type { Shape } from '../shapes';
import { type Node, onnxModel } from './onnx-model';
import { type HostOperands, upload } from './operands';
import type { PeerOp } from './ops';
import { provideWasm } from './ort-wasm';
import type { Peer, Prepared } from './peer';

export async function open(): Promise<Peer> {
  await provideWasm(ort.env, wasmUrl);
  // It makes its device with the first session, and destroys it with the last: this one stays.
  await createSession(modelOf('softmax', { dims: [1, 4], axis: 1 }));
  const device = await ort.env.webgpu.device;
  return { device, prepare: (op, operands) => prepare(device, op, operands) };
}

const createSession = (model: Uint8Array) =>
  ort.InferenceSession.create(model, {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    // What the provider does not have is an error, not a detour over the CPU.
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });

function modelOf(op: PeerOp, { dims, axis }: Shape): Uint8Array {
  if (op === 'softmax') {
    return onnxModel(dims, [{ type: 'Softmax', inputs: ['x'], output: 'y', attributes: { axis } }]);
  }
  if (op !== 'logSoftmax') throw new Error(`ONNX Runtime Web: no ${op}`);
  // The provider does not have LogSoftmax: this is the function that ONNX defines it by.
  const nodes: Node[] = [
    { type: 'ReduceMax', inputs: ['x', 'axes'], output: 'max' },
    { type: 'Sub', inputs: ['x', 'max'], output: 'shifted' },
    { type: 'Exp', inputs: ['shifted'], output: 'exp' },
    { type: 'ReduceSum', inputs: ['exp', 'axes'], output: 'sum' },
    { type: 'Log', inputs: ['sum'], output: 'log' },
    { type: 'Sub', inputs: ['shifted', 'log'], output: 'y' },
  ];
  return onnxModel(dims, nodes, { axes: [axis] });
}

async function prepare(
  device: GPUDevice,
  op: PeerOp,
  { host, shape, copies }: HostOperands,
): Promise<Prepared> {
  const session = await createSession(modelOf(op, shape));
  const buffers = upload(device, host.x, copies);
  const inputs = buffers.map((buffer) =>
    ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape.dims }),
  );
  const once = async (call: number) => (await session.run({ x: inputs[call % copies]! })).y!;
  let next = 0;
  return {
    async run(calls) {
      for (const end = next + calls; next < end; next++) (await once(next)).dispose();
    },
    done: () => device.queue.onSubmittedWorkDone(),
    async read() {
      const result = await once(next);
      const values = (await result.getData()) as Float32Array;
      result.dispose();
      return [values];
    },
    async release() {
      for (const buffer of buffers) buffer.destroy();
      await session.release();
    },
  };
}
