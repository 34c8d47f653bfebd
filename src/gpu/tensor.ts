import { bufferUsage, mapMode } from './constants';
import { bufferError, type Fault, lossTold, noFault } from './faults';
import { fromHalves } from './half';
import { isA } from './kinds';
import { bytesOf, bytesPer, type DType, type Region } from './region';

export type { DType };

const arrays = { f32: Float32Array, f16: Float32Array, i32: Int32Array, u32: Uint32Array };

/** The typed array that holds a tensor's elements on the host: of f16 too a Float32Array. */
export type HostArray<D extends DType = DType> = InstanceType<(typeof arrays)[D]>;

/** A tensor's elements from their bytes, which are copied. */
export function hostArrayOf<D extends DType>(
  { dtype, count }: { readonly dtype: D; readonly count: number },
  bytes: ArrayBuffer,
): HostArray<D> {
  if (dtype === 'f16') return fromHalves(new Uint16Array(bytes, 0, count)) as HostArray<D>;
  const make = arrays[dtype] as unknown as new (data: ArrayBuffer) => HostArray<D>;
  return new make(bytes.slice(0, bytesPer(dtype) * count));
}

/** What a tensor needs of the engine it belongs to. */
export interface TensorOwner {
  readonly device: GPUDevice;
  readonly alive: boolean;
  readonly lostMessage: string | undefined;
}

/**
 * A tensor in GPU memory: row-major elements of `dtype` from `byteOffset` in `buffer`, an f16 taking
 * 2 bytes and the others 4.
 *
 * Made by `sm.tensor` (its buffer is ours and `destroy()` frees it), by `sm.wrap` (the buffer is
 * yours and never destroyed by us) or by an operation.
 */
export class GpuTensor<D extends DType = DType> implements Region, Disposable {
  /** Elements. */
  readonly count: number;
  /**
   * What the GPU made of the work that produced it.
   *
   * @internal
   */
  fault: Fault = noFault;
  private gone = false;

  constructor(
    /** @internal */
    readonly owner: TensorOwner,
    /** Where its elements are. */
    readonly buffer: GPUBuffer,
    /** Where in the buffer they start. */
    readonly byteOffset: number,
    /** Of any rank; [] is a single element. */
    readonly shape: readonly number[],
    /** 'f32', 'f16', 'i32' or 'u32'. */
    readonly dtype: D,
    private readonly owned: boolean,
  ) {
    this.count = shape.reduce((a, b) => a * b, 1);
  }

  /** What it is, also to another copy of the library. */
  get [Symbol.toStringTag](): 'GpuTensor' {
    return 'GpuTensor';
  }

  /** Whether `destroy()` was called. */
  get destroyed(): boolean {
    return this.gone;
  }

  /**
   * The elements, copied to the host once all work submitted so far is finished.
   *
   * @throws Error if the tensor is destroyed, its buffer lacks COPY_SRC, the device is lost, or the
   * work that was to produce it failed on the GPU; the message names the operation.
   */
  async read(): Promise<HostArray<D>> {
    const { device } = this.owner;
    if (this.gone) throw new Error('read: the tensor is destroyed');
    if (!this.owner.alive) throw new Error('read: the engine is destroyed');
    if (this.owner.lostMessage) throw new Error(`read: ${this.owner.lostMessage}`);
    if (this.count === 0) return hostArrayOf(this, new ArrayBuffer(0));
    if (!(this.buffer.usage & bufferUsage.COPY_SRC)) {
      throw new Error(
        'read: the buffer lacks the usage COPY_SRC; create it with GPUBufferUsage.COPY_SRC to read it',
      );
    }
    const { fault } = this;
    const size = bytesOf(this.count, this.dtype);
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    const copy = {
      label: 'webgpu-softmax read',
      size,
      usage: bufferUsage.MAP_READ | bufferUsage.COPY_DST,
    };
    const staging = device.createBuffer(copy);
    try {
      const encoder = device.createCommandEncoder({ label: 'webgpu-softmax read' });
      encoder.copyBufferToBuffer(this.buffer, this.byteOffset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      // At once: a device that is lost takes its mapped memory along.
      const mapped = staging
        .mapAsync(mapMode.READ)
        .then(() => hostArrayOf(this, staging.getMappedRange()))
        .catch((error: Error) => error);
      const scopes = [device.popErrorScope(), device.popErrorScope()];
      // Scopes are empty or unanswered where the device is lost; `lost` says so.
      const answers = Promise.all(scopes.map((scope) => scope.catch(() => null)));
      const failed = await fault;
      // What fails on a lost device fails because of that.
      if (this.owner.lostMessage) throw new Error(`read: ${this.owner.lostMessage}`);
      if (failed) throw failed;
      const error = (await answers).find((answer) => answer !== null);
      if (error) throw new Error(`read: ${await bufferError(copy)(error)}`, { cause: error });
      const values = await mapped;
      if (ArrayBuffer.isView(values)) return values;
      throw new Error(`read: ${await this.reasonFor(values)}`, { cause: values });
    } finally {
      staging.destroy();
    }
  }

  /** Nothing but a loss should unmap the copy. */
  private async reasonFor({ message }: Error): Promise<string> {
    const { device, alive } = this.owner;
    if (!alive) return 'the engine is destroyed';
    await lossTold(device);
    return this.owner.lostMessage ?? message;
  }

  /** Frees the buffer if it is ours; using the tensor afterwards throws. Twice is as good as once. */
  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    if (this.owned) this.buffer.destroy();
  }

  /** `destroy()`, for `using`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}

/** Whether it is a tensor, perhaps of another copy of the library, which `checkTensor` refuses. */
export const isTensor = (value: unknown): value is GpuTensor => isA(value, 'GpuTensor');
