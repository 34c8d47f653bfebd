/**
 * ONNX Runtime Web's tensors as the library's, and back, on the runtime's own device and without a
 * copy. Nothing of the runtime is imported: its namespace is an argument.
 *
 * {@includeCode ../../examples/onnxruntime/main.ts}
 *
 * @module webgpu-softmax/onnxruntime
 */
import type { Env, Tensor, TensorConstructor, TensorFactory } from 'onnxruntime-web';
import type { Engine } from '../engine/engine';
import type { DType, GpuTensor } from '../engine/tensor';
import { nearestI32 } from '../ops/nearest-i32';
import { checkChoice } from '../util/checks';
import { describe, formatShape, list, wrongKind, wrongValue } from '../util/words';
import { type BorrowOptions, createOn } from './device';

export type { BorrowOptions };

/** What is used of the runtime's namespace, whichever of its builds that is of. */
export interface OnnxRuntime {
  /** Its device. */
  readonly env: Pick<Env, 'webgpu'>;
  /** The constructor of its tensors. */
  readonly Tensor: TensorConstructor & Pick<TensorFactory, 'fromGpuBuffer'>;
}

const dtypes = {
  float32: 'f32',
  float16: 'f16',
  int32: 'i32',
  uint32: 'u32',
  int64: 'i32',
} as const;
const types = { f32: 'float32', f16: 'float16', i32: 'int32', u32: 'uint32' } as const;

/**
 * An engine on the runtime's device.
 *
 * @throws Error, as a rejection, before a session with the WebGPU provider has been created: the
 * runtime makes its device with the first one, and takes none of ours.
 */
export async function createEngineOn(
  ort: OnnxRuntime,
  options: BorrowOptions = {},
): Promise<Engine> {
  const hint = "create a session with executionProviders: ['webgpu'] first";
  return createOn('createEngineOn', ort.env.webgpu.device, hint, options);
}

/**
 * A tensor of the runtime's as one of ours, in the buffer the runtime produced: a session leaves its
 * results there with `preferredOutputLocation: 'gpu-buffer'`. The runtime owns the buffer: keep its
 * tensor until what reads it has been called, and dispose of it there.
 *
 * Of an int64 tensor a copy as i32 is made on the GPU, which is ours: `destroy()` frees it, and the
 * runtime's tensor may be disposed of at once. A value that does not fit i32 becomes the nearest that
 * does, and so a class index or a row's number that is out of range. Small arguments from a tensor in
 * 'cpu' need no tensor of ours: its `data` may be given as they are.
 *
 * @throws TypeError for a tensor that is not on the GPU, or of another type than float32, float16,
 * int32, uint32 and int64.
 */
export function fromOrt(engine: Engine, tensor: Tensor): GpuTensor {
  const op = 'fromOrt';
  if (tensor?.location !== 'gpu-buffer') {
    const may =
      "one in a 'gpu-buffer' (a session's preferredOutputLocation; targets and the like may be its data)";
    const got = tensor?.location ? `one in '${tensor.location}'` : describe(tensor);
    wrongKind(op, 'tensor', may, got);
  }
  const dtype: DType | undefined = dtypes[tensor.type as keyof typeof dtypes];
  if (dtype === undefined) {
    const may = `type ${list(Object.keys(dtypes))}`;
    wrongKind(op, 'tensor', may, `'${tensor.type}'`);
  }
  const isWide = tensor.type === 'int64';
  const shape = isWide ? [...tensor.dims, 2] : tensor.dims;
  const own = engine.wrap(tensor.gpuBuffer as GPUBuffer, shape, { dtype });
  return isWide ? nearestI32(op, own) : own;
}

/** How `toOrt` is to describe a tensor. */
export interface ToOrtOptions {
  /** 'int64' of i32 words along a last axis of 2, the low one first, such as tokens of a `sampler`. */
  type?: 'int64' | undefined;
  /** Other dimensions for the same elements. */
  dims?: readonly number[] | undefined;
}

/**
 * A tensor of ours as one of the runtime's, in the same buffer. The tensor has the buffer from then on:
 * `dispose()` of it destroys ours. `getData()` reads as our `read()` does, and fails as it does.
 *
 * @throws RangeError for a tensor that does not start where its buffer does, for dims of another number
 * of elements, and of int64 for a tensor that is not of two words an element.
 */
export function toOrt(
  ort: Pick<OnnxRuntime, 'Tensor'>,
  tensor: GpuTensor,
  { type, dims }: ToOrtOptions = {},
): Tensor {
  const op = 'toOrt';
  const { byteOffset, shape, dtype } = tensor;
  if (byteOffset !== 0) wrongValue(op, 'tensor', 'byteOffset 0', byteOffset);
  if (type !== undefined) checkChoice(op, 'type', type, ['int64']);
  if (type && (dtype !== 'i32' || shape.at(-1) !== 2)) {
    const may = "dtype 'i32' and a last axis of 2, the words of an int64";
    wrongValue(op, 'tensor', may, `'${dtype}' of shape ${formatShape(shape)}`);
  }
  const own = type ? shape.slice(0, -1) : shape;
  const sizeOf = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  if (dims !== undefined && sizeOf(dims) !== sizeOf(own)) {
    wrongValue(op, 'dims', `${sizeOf(own)} elements, as ${formatShape(own)}`, formatShape(dims));
  }
  return ort.Tensor.fromGpuBuffer(tensor.buffer, {
    dataType: type ?? types[dtype],
    dims: [...(dims ?? own)],
    download: () => (type ? wordsAsInt64(tensor) : downloaded(tensor)),
    dispose: () => tensor.destroy(),
  });
}

const wordsAsInt64 = (tensor: GpuTensor): Promise<BigInt64Array> =>
  tensor.readAs((bytes) => new BigInt64Array(bytes.slice(0, 4 * tensor.count)));

/** The elements in the array that the runtime has for their type. */
function downloaded(
  tensor: GpuTensor,
): Promise<Tensor.DataTypeMap[(typeof types)[keyof typeof types]]> {
  if (tensor.dtype !== 'f16') return tensor.read();
  const { Float16Array = Uint16Array } = globalThis as { Float16Array?: Uint16ArrayConstructor };
  return tensor.readAs((bytes) => new Float16Array(bytes.slice(0, 2 * tensor.count)));
}
