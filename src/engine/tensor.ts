import { bufferUsage, mapMode } from '../gpu/constants';
import { Destroyable } from '../gpu/destroyable';
import { bufferError, type Fault, firstOf, lossTold, noFault } from '../gpu/faults';
import { bytesPer, type DType, type Region, wordsOf } from '../gpu/region';
import { isA } from '../util/kinds';
import { wrongValue } from '../util/words';
import type { Engine } from './engine';

export type { DType };

/** Why a destroyed engine cannot be used, and what to do. */
export const ENGINE_GONE = 'the engine is destroyed; create another engine';

const arrays = { f32: Float32Array, f16: Float32Array, i32: Int32Array, u32: Uint32Array };

/** The typed array that holds a tensor's elements on the host: of f16 too a Float32Array. */
export type HostArray<D extends DType = DType> = InstanceType<(typeof arrays)[D]>;

/** Copies a tensor's elements out of the words that hold them. */
export function hostArrayOf<D extends DType>(
  { engine, dtype, byteOffset, count }: GpuTensor<D>,
  bytes: ArrayBuffer,
): HostArray<D> {
  if (dtype === 'f16') {
    const halves = new Uint16Array(bytes, byteOffset % 4, count);
    return engine.facts.halves!.fromHalves(halves) as HostArray<D>;
  }
  const make = arrays[dtype] as unknown as new (data: ArrayBuffer) => HostArray<D>;
  return new make(bytes.slice(0, bytesPer(dtype) * count));
}

/**
 * A tensor in GPU memory: row-major elements of `dtype` from `byteOffset` in `buffer`, an f16 taking
 * 2 bytes and the others 4.
 *
 * Made by `engine.tensor` (its buffer is ours and `destroy()` frees it), by `engine.wrap` (the buffer is
 * yours and never destroyed by us), by an operation, or by `slice` of another one.
 */
export class GpuTensor<D extends DType = DType> extends Destroyable implements Region {
  /** Elements. */
  readonly count: number;
  private ownFault: Fault = noFault;
  private gone = false;

  constructor(
    /** The engine that it belongs to, and that operations on it run on. */
    readonly engine: Engine,
    private place: GPUBuffer,
    /** Where in the buffer they start. */
    readonly byteOffset: number,
    /** Of any rank; [] is a single element. */
    readonly shape: readonly number[],
    /** 'f32', 'f16', 'i32' or 'u32'. */
    readonly dtype: D,
    private readonly owned: boolean,
    /** The tensor that it is a slice of. */
    private readonly parent?: GpuTensor,
  ) {
    super();
    this.count = shape.reduce((a, b) => a * b, 1);
  }

  /** Where its elements are. */
  get buffer(): GPUBuffer {
    return this.place;
  }

  /**
   * Gives a tensor the buffer that was reserved for it.
   *
   * @internal
   */
  placeIn(buffer: GPUBuffer): GPUBuffer {
    this.place = buffer;
    return buffer;
  }

  /** What it is, also to another copy of the library. */
  get [Symbol.toStringTag](): 'GpuTensor' {
    return 'GpuTensor';
  }

  /** Whether `destroy()` was called, of a slice also that of the tensor it is a part of. */
  get destroyed(): boolean {
    return this.gone || this.parent?.destroyed === true;
  }

  /**
   * Why a destroyed tensor may not be used, for an error.
   *
   * @internal
   */
  get ending(): string {
    return this.gone ? 'destroyed' : 'a slice of a tensor that is destroyed';
  }

  /**
   * What the GPU made of the work that produced it. What went wrong with a slice went wrong with the
   * whole.
   *
   * @internal
   */
  get fault(): Fault {
    return this.parent ? this.parent.fault : this.ownFault;
  }

  /** @internal */
  set fault(fault: Fault) {
    if (!this.parent) this.ownFault = fault;
    else if (fault !== noFault) this.parent.fault = firstOf([this.fault, fault]);
  }

  /**
   * Rows `from` to `to` (exclusive) along the first axis: a tensor in the same buffer, for any operation
   * to read or to write. Nothing is copied. `destroy()` of it ends the slice alone; when this tensor is
   * destroyed its slices cannot be used any more.
   *
   * ```ts
   * const x = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
   * const last = x.slice(1);
   * console.log(last.shape, await last.read()); // 1, 3, 0, 0, 0
   * softmax(last, { out: last });
   * console.log(await x.read()); // 1, 2, 3, 0.3333, 0.3333, 0.3333
   * ```
   *
   * @param from default 0.
   * @param to default: all rows.
   * @throws RangeError if the tensor is of rank 0, or unless from and to are integers with
   * 0 ≤ from ≤ to ≤ rows; Error if it is destroyed.
   */
  slice(from = 0, to = this.shape[0]!): GpuTensor<D> {
    const [rows, ...rest] = this.shape;
    if (this.destroyed) throw new Error(`slice: the tensor is ${this.ending}; use one that is not`);
    if (rows === undefined) {
      wrongValue('slice', 'shape', 'a rank of 1 or more', '[]');
    }
    if (![from, to].every(Number.isInteger) || from < 0 || from > to || to > rows) {
      const may = `integers with 0 <= from <= to <= ${rows}`;
      wrongValue('slice', 'from and to', may, `${from} and ${to}`);
    }
    // Without rows nothing is read, and the offset may be past the buffer's end.
    const first = from < to ? (from * this.count) / rows : 0;
    const byteOffset = this.byteOffset + bytesPer(this.dtype) * first;
    const shape = [to - from, ...rest];
    return new GpuTensor(this.engine, this.buffer, byteOffset, shape, this.dtype, false, this);
  }

  /**
   * The elements, copied to the host once all work submitted so far is finished.
   *
   * @throws Error if the tensor is destroyed, its buffer lacks COPY_SRC, the device is lost, or the
   * work that was to produce it failed on the GPU; the message names the operation.
   */
  read(): Promise<HostArray<D>> {
    return this.readAs((bytes) => hostArrayOf(this, bytes));
  }

  /**
   * What is made of the bytes, which are gone after that; padded to whole words. Otherwise as `read`.
   *
   * @internal
   */
  async readAs<T>(make: (bytes: ArrayBuffer) => T): Promise<T> {
    const { device } = this.engine;
    if (this.destroyed) throw new Error(`read: the tensor is ${this.ending}; use one that is not`);
    if (!this.engine.alive) throw new Error(`read: ${ENGINE_GONE}`);
    if (this.engine.lostMessage) throw new Error(`read: ${this.engine.lostMessage}`);
    if (this.count === 0) return make(new ArrayBuffer(0));
    if (!(this.buffer.usage & bufferUsage.COPY_SRC)) {
      throw new Error(
        'read: the buffer lacks the usage COPY_SRC; create it with GPUBufferUsage.COPY_SRC',
      );
    }
    const { fault } = this;
    const { offset, size } = wordsOf(this);
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
      encoder.copyBufferToBuffer(this.buffer, offset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      // At once: a device that is lost takes its mapped memory along.
      const mapped = staging
        .mapAsync(mapMode.READ)
        .then(() => ({ made: make(staging.getMappedRange()) }))
        .catch((error: Error) => ({ error }));
      const scopes = [device.popErrorScope(), device.popErrorScope()];
      // Scopes are empty or unanswered where the device is lost; `lost` says so.
      const answers = Promise.all(scopes.map((scope) => scope.catch(() => null)));
      const failed = await fault;
      // What fails on a lost device fails because of that.
      if (this.engine.lostMessage) throw new Error(`read: ${this.engine.lostMessage}`);
      if (failed) throw failed;
      const error = (await answers).find((answer) => answer !== null);
      if (error) throw new Error(`read: ${await bufferError(copy)(error)}`, { cause: error });
      const outcome = await mapped;
      if ('made' in outcome) return outcome.made;
      const { error: cause } = outcome;
      throw new Error(`read: ${await this.reasonFor(cause)}`, { cause });
    } finally {
      staging.destroy();
    }
  }

  /** Nothing but a loss should unmap the copy. */
  private async reasonFor({ message }: Error): Promise<string> {
    const { device, alive } = this.engine;
    if (!alive) return ENGINE_GONE;
    await lossTold(device);
    return this.engine.lostMessage ?? message;
  }

  /**
   * Frees the buffer if this tensor owns it (a slice does not); using the tensor afterwards throws.
   * Idempotent, and called by `using`.
   */
  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    if (this.owned) this.buffer.destroy();
  }
}

/** Whether it is a tensor, perhaps of another copy of the library, which `checkTensor` refuses. */
export const isTensor = (value: unknown): value is GpuTensor => isA(value, 'GpuTensor');
