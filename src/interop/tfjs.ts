/**
 * TensorFlow.js' tensors as the library's, and back, on the device of its WebGPU backend and without
 * a copy. Nothing of TensorFlow.js is imported: its namespace is an argument.
 *
 * {@includeCode ../../examples/tfjs/main.ts}
 *
 * @module webgpu-softmax/tfjs
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { tensorUsage } from '../gpu/region';
import { isA } from '../util/kinds';
import { describe, wrongKind, wrongValue } from '../util/words';
import { type BorrowOptions, createOn } from './device';

export type { BorrowOptions };

/** What is used of TensorFlow.js' namespace. */
export type TensorFlow = Pick<typeof tfjs, 'backend' | 'tensor'>;

const dtypes = { float32: 'f32', int32: 'i32' } as const;
const types = { f32: 'float32', i32: 'int32' } as const;

const hint = "call await tf.setBackend('webgpu') first";

/**
 * An engine on the device of TensorFlow.js.
 *
 * @throws Error, as a rejection, unless its WebGPU backend is the current one.
 */
export async function createEngineOn(tf: TensorFlow, options: BorrowOptions = {}): Promise<Engine> {
  const { device } = tf.backend() as WebGPUBackend;
  return createOn('createEngineOn', device, hint, options);
}

/**
 * A tensor of TensorFlow.js as one of ours, in its own buffer. What TensorFlow.js has recorded so far is
 * submitted, so that it comes first. TensorFlow.js owns the buffer and uses it again once the tensor is
 * disposed of: keep that until what reads it has been called.
 *
 * @throws Error unless the WebGPU backend is the current one; TypeError for a type other than float32
 * and int32.
 */
export function fromTf(engine: Engine, tf: TensorFlow, tensor: tfjs.Tensor): GpuTensor {
  const op = 'fromTf';
  const backend = backendOf(op, tf);
  const dtype = dtypes[tensor.dtype as keyof typeof dtypes];
  if (dtype === undefined) {
    wrongKind(op, 'tensor', "type 'float32' or 'int32'", `'${tensor.dtype}'`);
  }
  // Small tensors may be on the host.
  backend.uploadToGPU(tensor.dataId);
  submit(backend);
  const { resource } = backend.tensorMap.get(tensor.dataId);
  return engine.wrap(resource as GPUBuffer, tensor.shape, { dtype });
}

/**
 * A tensor of ours as one of TensorFlow.js, in the same buffer, which stays ours: destroy our tensor
 * when TensorFlow.js has disposed of its own and `submitTf` was called. TensorFlow.js takes a buffer to
 * end where its tensor does, so of a part of a buffer it gets a copy; ours are of 16 bytes at least.
 * `data()` and `array()` reject where our `read()` would because the work behind the tensor failed.
 *
 * @throws Error unless the WebGPU backend is the current one; TypeError for f16 and u32, RangeError for
 * a tensor that does not start where its buffer does.
 */
export function toTf(tf: TensorFlow, tensor: GpuTensor): tfjs.Tensor {
  const op = 'toTf';
  const backend = backendOf(op, tf);
  const type = types[tensor.dtype as keyof typeof types];
  if (type === undefined) {
    wrongKind(op, 'tensor', "dtype 'f32' or 'i32'", `'${tensor.dtype}'`);
  }
  if (tensor.byteOffset !== 0) {
    wrongValue(op, 'tensor', 'byteOffset 0', tensor.byteOffset);
  }
  const bytes = 4 * tensor.count;
  const isWhole = tensor.buffer.size === bytes;
  const buffer = isWhole ? tensor.buffer : firstOf(backend, tensor.buffer, bytes);
  const out = tf.tensor({ buffer, zeroCopy: isWhole }, [...tensor.shape], type);
  // TensorFlow.js has a copy of its own.
  if (!isWhole) buffer.destroy();
  const data = out.data.bind(out);
  return Object.assign(out, {
    data: async () => {
      const error = await tensor.fault;
      if (error) throw error;
      return data();
    },
  });
}

/** A copy of a buffer's first bytes. */
function firstOf({ device }: WebGPUBackend, from: GPUBuffer, size: number): GPUBuffer {
  const copy = device.createBuffer({ label: 'webgpu-softmax toTf', size, usage: tensorUsage });
  const encoder = device.createCommandEncoder({ label: 'webgpu-softmax toTf' });
  encoder.copyBufferToBuffer(from, 0, copy, 0, size);
  device.queue.submit([encoder.finish()]);
  return copy;
}

/** Submits what TensorFlow.js has recorded: it waits for more, and ours would overtake it. */
export function submitTf(tf: TensorFlow): void {
  submit(backendOf('submitTf', tf));
}

function submit(backend: WebGPUBackend): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function backendOf(op: string, tf: TensorFlow): WebGPUBackend {
  const backend = tf.backend() as WebGPUBackend;
  if (!isA(backend.device, 'GPUDevice')) {
    throw new Error(`${op}: the backend's device is ${describe(backend.device)}; ${hint}`);
  }
  return backend;
}
