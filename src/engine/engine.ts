import { bufferUsage, limitOf } from '../gpu/constants';
import { Destroyable } from '../gpu/destroyable';
import { adapterInfoOf, isSoftware } from '../gpu/device';
import { doing, type Fault, Faults, firstOf, lossInWords, lossTold, noFault } from '../gpu/faults';
import { bytesOf, bytesPer, tensorUsage } from '../gpu/region';
import { bytesFor } from '../gpu/upload';
import type { PlanDevice } from '../rows/plan';
import { checkClass, checkOptions } from '../util/checks';
import { describe, expected, formatShape, tooLarge, wrongKind, wrongValue } from '../util/words';
import type { Call, SelfTest } from './call';
import {
  checkDtype,
  checkElements,
  checkedCount,
  type DTypeOf,
  dtypeOf,
  type HostData,
} from './host-data';
import { runCall } from './run-call';
import { Runtime } from './runtime';
import { type DType, ENGINE_GONE, GpuTensor } from './tensor';
import type { Tuning } from './tuning';

/** How `wrap` is to read a buffer. */
export interface WrapOptions<D extends DType = DType> {
  /** Default 'f32'. */
  dtype?: D;
  /** Where the tensor starts, a multiple of its elements' size (4, of 'f16' 2); default 0. */
  byteOffset?: number;
}

/** A tensor that does not exist yet, for `prepare`. */
export interface TensorSpec<D extends DType = DType> extends WrapOptions<D> {
  /** Of any rank. */
  shape: readonly number[];
}

/**
 * A device, its tensors, and what operations on them have in common. Made by `createEngine`.
 *
 * Every operation takes f32 or f16 tensors of any rank and an `axis` (default −1), is enqueued at once
 * and returns a new tensor of the first input's dtype, or `out`, which may be of the other one. Sums
 * are made in f32 whatever is stored; losses, log-sum-exp, class weights and `lossGrad` are f32. Small
 * arguments (targets, masks, class weights, `lossGrad`, numbers of rows) may be arrays on the host,
 * which are copied at the call. With `encoder` or `pass` it is recorded for the caller to submit.
 * A bad argument throws at the call, before anything reaches the GPU (TypeError for a wrong kind or
 * dtype, RangeError for a wrong shape or value, Error for a destroyed or foreign tensor). What only
 * the GPU can detect rejects the `read()` or `done()` that waits for it.
 *
 * In the formulas s is `scale` (or 1/`temperature`), x the logits with the mask applied, and max
 * the maximum of the row. Special values, and rows without an element, are defined as in PyTorch: see
 * docs/numerics.md.
 *
 * In the examples `engine` is `await createEngine({ f16 })`, and a comment shows what is printed.
 */
export class Engine extends Destroyable {
  /** Its adapter, as the browser describes it. */
  readonly adapterInfo: GPUAdapterInfo;
  /** Resolves when the device is lost, with the reason. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  private readonly faults: Faults;
  /** @internal */
  readonly runtime: Runtime;
  private destroyed = false;
  private lostReason: string | undefined;
  private tuned: Tuning | undefined;

  /** @internal */
  constructor(
    /** Its own, or the one it was given. */
    readonly device: GPUDevice,
    private readonly ownsDevice: boolean,
    plan: PlanDevice,
  ) {
    super();
    this.adapterInfo = adapterInfoOf(device);
    this.faults = new Faults(device);
    this.runtime = new Runtime(device, plan, this.faults);
    this.lost = device.lost ?? new Promise(() => {});
    void this.lost.then((info) => {
      this.lostReason = lossInWords(info);
    });
  }

  /**
   * Whether a CPU does the work: SwiftShader, llvmpipe (lavapipe), WARP, or what the browser calls a
   * fallback. `adapterClass` changes what is planned for, and not this.
   */
  get isSoftware(): boolean {
    return isSoftware(this.adapterInfo);
  }

  /** Whether the engine can be used. */
  get alive(): boolean {
    return !this.destroyed;
  }

  /** Why the device is lost, if it is. */
  get lostMessage(): string | undefined {
    return this.lostReason;
  }

  /**
   * Uploads a tensor.
   *
   * @param data as many elements as the shape says, row-major, as any typed array or an array of
   * numbers. `dtype` is by default what the array holds: 'f32' of a Float32Array, 'f16' of a
   * Float16Array, 'i32' of an Int32Array, 'u32' of a Uint32Array, and 'f32' of all others. Another one
   * may be asked for: floats round to the nearest, ties to even, and what becomes an integer must be
   * one of its range. Bigints must become integers. Memory may be shared or resizable.
   *
   * ```ts
   * const x = engine.tensor([0.1, 1 / 3], [2], { dtype: 'f16' });
   * console.log(x.shape, await x.read()); // 2, 0.1000, 0.3333
   * x.destroy();
   * ```
   *
   * @throws RangeError or TypeError if data, shape and dtype do not go together; Error if the engine
   * is destroyed. Out of memory shows at the `read()` or `done()` that waits for the tensor.
   */
  tensor<T extends HostData, D extends DType = DTypeOf<T>>(
    data: T,
    shape: readonly number[],
    options: { dtype?: D } = {},
  ): GpuTensor<D> {
    const op = 'tensor';
    this.checkAlive(op);
    checkOptions(op, 'options', options);
    const natural = dtypeOf(data);
    const { dtype = (natural ?? 'f32') as D } = options;
    checkDtype(op, dtype, this.facts.halves);
    const count = checkedCount(op, shape);
    if (data.length !== count) {
      const may = `length ${count} for shape ${formatShape(shape)}`;
      wrongValue(op, 'data', may, data.length);
    }
    if (natural !== dtype) checkElements(op, dtype, data);
    const bytes = bytesFor(dtype, data, this.facts.halves);
    this.faults.begin();
    const tensor = this.allocate(op, shape, dtype);
    try {
      const upload = () => this.device.queue.writeBuffer(tensor.buffer, 0, bytes);
      if (count > 0) this.faults.within(doing, upload);
    } catch (error) {
      tensor.destroy();
      throw error;
    }
    tensor.fault = this.faults.end(op);
    return tensor;
  }

  /**
   * A tensor in a buffer of yours: no copy, and never destroyed by us.
   *
   * @param buffer has the usage STORAGE (and COPY_SRC to be read) and is not mapped.
   *
   * ```ts
   * const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
   * const buffer = engine.device.createBuffer({ size: 1024, usage });
   * const x = engine.wrap(buffer, [3], { byteOffset: 256 }); // 12 bytes of it, all zeros
   * console.log(await softmax(x).read()); // 0.3333, 0.3333, 0.3333
   * ```
   *
   * @throws RangeError or TypeError if shape, dtype, offset, size, usage or map state do not fit. A
   * buffer of another device shows at the `read()` or `done()` that waits for its first use.
   */
  wrap<D extends DType = 'f32'>(
    buffer: GPUBuffer,
    shape: readonly number[],
    options: WrapOptions<D> = {},
  ): GpuTensor<D> {
    const op = 'wrap';
    this.checkAlive(op);
    checkOptions(op, 'options', options);
    checkClass(op, 'buffer', buffer, 'GPUBuffer');
    if (!(buffer.usage & bufferUsage.STORAGE)) {
      const may = `a usage with GPUBufferUsage.STORAGE (${bufferUsage.STORAGE})`;
      wrongKind(op, 'buffer', may, buffer.usage);
    }
    if ((buffer.mapState ?? 'unmapped') !== 'unmapped') {
      throw new Error(expected(op, 'buffer', "mapState 'unmapped'", `'${buffer.mapState}'`));
    }
    return this.tensorIn(op, buffer, shape, options);
  }

  /**
   * A tensor in a buffer, or in what stands for one.
   *
   * @internal
   */
  tensorIn<D extends DType = 'f32'>(
    op: string,
    buffer: GPUBuffer,
    shape: readonly number[],
    options: WrapOptions<D>,
  ): GpuTensor<D> {
    const { dtype = 'f32' as D, byteOffset = 0 } = options;
    checkDtype(op, dtype, this.facts.halves);
    const count = checkedCount(op, shape);
    const unit = bytesPer(dtype);
    if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset % unit !== 0) {
      wrongValue(op, 'byteOffset', `a multiple of ${unit}, 0 or more`, describe(byteOffset));
    }
    // The GPU binds whole words, also where a half is alone in its own.
    const end = bytesOf(byteOffset / unit + count, dtype);
    if (end > buffer.size) {
      const may = `${end} bytes or more for shape ${formatShape(shape)} at byteOffset ${byteOffset}`;
      wrongValue(op, 'buffer', may, buffer.size);
    }
    return new GpuTensor(this, buffer, byteOffset, [...shape], dtype, false);
  }

  /**
   * Bytes of GPU buffers that the engine has made and not destroyed (tensors, scratch, uniforms), now
   * and at the most since it was created; buffers of others are not counted.
   */
  get memory(): { readonly bytes: number; readonly peakBytes: number } {
    return this.runtime.memory;
  }

  /**
   * Resolves when all work submitted so far is finished.
   *
   * @throws Error for the first piece of work that failed on the GPU and whose failure no `done()`
   * has told yet, if the engine is destroyed or its device lost; the message names the operation.
   */
  async done(): Promise<void> {
    this.checkAlive('done');
    try {
      await this.device.queue.onSubmittedWorkDone();
    } catch (error) {
      await lossTold(this.device);
      if (!this.lostReason) throw error;
    }
    // What fails on a lost device fails because of that.
    if (this.lostReason) throw new Error(`done: ${this.lostReason}`);
    await this.faults.settle();
  }

  /**
   * What has been measured here, or was set by `setTuning`; undefined where the library's own table
   * decides alone.
   */
  get tuning(): Tuning | undefined {
    return this.tuned;
  }

  /**
   * Follows a tuning of this device from now on, or none.
   *
   * @internal
   */
  retune(tuning: Tuning | undefined): void {
    this.tuned = tuning;
    this.runtime.retune(tuning?.tiers ?? []);
  }

  /**
   * Frees what the engine keeps, and the device if it is the engine's own. Tensors are then useless.
   * `using` calls it.
   */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.runtime.clear();
    if (this.ownsDevice) this.device.destroy();
  }

  /**
   * What plans are made for.
   *
   * @internal
   */
  get facts(): PlanDevice {
    return this.runtime.facts;
  }

  /**
   * The elements of a tensor to be made.
   *
   * @throws RangeError if no buffer of this device holds it.
   * @internal
   */
  countToMake(op: string, shape: readonly number[], dtype: DType): number {
    const count = checkedCount(op, shape);
    const bytes = bytesOf(count, dtype);
    const limit = limitOf(this.device, 'maxBufferSize');
    if (bytes > limit) {
      const what = `a tensor of shape ${formatShape(shape)}`;
      tooLarge(op, what, bytes, limit, 'maxBufferSize');
    }
    return count;
  }

  /**
   * A new tensor with nothing in it yet.
   *
   * @internal
   */
  allocate<D extends DType>(op: string, shape: readonly number[], dtype: D): GpuTensor<D> {
    const count = this.countToMake(op, shape, dtype);
    const buffer = this.runtime.createBuffer({
      label: `webgpu-softmax ${op} ${formatShape(shape)}`,
      size: Math.max(16, bytesOf(count, dtype)),
      usage: tensorUsage,
    });
    return new GpuTensor(this, buffer, 0, [...shape], dtype, true);
  }

  /**
   * Executes a call, and notes what the GPU makes of it. A result of failed work has failed too.
   *
   * @returns what the operation returns.
   * @internal
   */
  execute<R>(call: Call<R>): R {
    const { op } = call;
    this.checkAlive(op);
    this.faults.begin();
    const bound = runCall(this.runtime, call);
    const fault = this.faults.end(op);
    const earlier = call.inputs.flatMap(({ region }) =>
      region instanceof GpuTensor && region.fault !== noFault ? [region.fault] : [],
    );
    if (call.requires) earlier.push(...this.doubtOf(op, call.requires));
    const first = earlier.length > 0 ? firstOf([...earlier, fault]) : fault;
    for (const tensor of call.results) tensor.fault = first;
    if (fault !== noFault) {
      void fault.then((error) => {
        if (error) this.runtime.clear();
        else for (const one of bound) one.validated = true;
      });
    }
    return call.returns;
  }

  /** The self-test's verdict as a fault of a call; nothing once the device has passed. */
  private doubtOf(op: string, test: SelfTest): Fault[] {
    const verdict = test(this);
    if (verdict === noFault) return [];
    const fault = verdict.then((error) =>
      error ? new Error(`${op}: ${error.message}`, { cause: error }) : undefined,
    );
    this.faults.remember(fault);
    return [fault];
  }

  /**
   * @throws Error if the engine is destroyed or its device lost.
   *
   * @internal
   */
  checkUsable(op: string): void {
    this.checkAlive(op);
    if (this.lostReason) throw new Error(`${op}: ${this.lostReason}`);
  }

  private checkAlive(op: string): void {
    if (this.destroyed) throw new Error(`${op}: ${ENGINE_GONE}`);
  }
}
