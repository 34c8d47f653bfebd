import { bufferUsage, limitOf } from '../gpu/constants';
import { Destroyable } from '../gpu/destroyable';
import { adapterInfoOf, isSoftware } from '../gpu/device';
import { type Fault, Faults, firstOf, lossInWords, lossTold, noFault } from '../gpu/faults';
import { isA } from '../gpu/kinds';
import { bytesOf, bytesPer, type Region, standIn, tensorUsage } from '../gpu/region';
import { bytesFor } from '../gpu/upload';
import { checkOptions, describe, formatShape } from '../ops/arguments';
import { arrayKind, type HostIntegers, type HostNumbers } from '../ops/small';
import type { PlanDevice } from '../rows/plan';
import { highPrecision } from '../self-test/high';
import { Recorder, type Recording, type RecordTarget } from './recorder';
import { Rehearsal } from './rehearsal';
import { Runtime } from './runtime';
import { type DType, GpuTensor } from './tensor';
import { checkTuning, type Tuning } from './tuning';

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

/** A Float16Array, where the platform has it. */
export interface HalfArray extends ArrayBufferView {
  /** What tells it from others. */
  readonly [Symbol.toStringTag]: 'Float16Array';
  /** Elements. */
  readonly length: number;
  readonly [index: number]: number;
}

/** What a tensor is uploaded from. */
export type HostData = HostNumbers | HostIntegers;

/** The dtype of host data that does not say otherwise. */
export type DTypeOf<T extends HostData> = T extends Int32Array
  ? 'i32'
  : T extends Uint32Array
    ? 'u32'
    : T extends HalfArray
      ? 'f16'
      : 'f32';

const dtypeNames: readonly DType[] = ['f32', 'f16', 'i32', 'u32'];

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
 * the GPU can tell rejects the `read()` or `done()` that waits for it.
 *
 * In the formulas s is `scale` (or 1/`temperature`), x the logits with the mask applied, and max
 * the maximum of the row. Special values, and rows without an element, are defined as in PyTorch: see
 * docs/numerics.md.
 *
 * In the examples `engine` is `await createEngine()`, and a comment tells what is printed.
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
  /** Tensors that the work under watch has made. */
  private making: GpuTensor[] | undefined;
  /** While `rehearse` makes calls. */
  private rehearsal: Rehearsal | undefined;
  private lostReason: string | undefined;
  private tuned: Tuning | undefined;

  /** @internal */
  constructor(
    /** Its own, or the one it was given. */
    readonly device: GPUDevice,
    private readonly ownsDevice: boolean,
    plan: PlanDevice,
    tuning?: Tuning,
  ) {
    super();
    this.adapterInfo = adapterInfoOf(device);
    this.faults = new Faults(device);
    this.runtime = new Runtime(device, plan, this.faults);
    if (tuning !== undefined) this.tuning = tuning;
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
    checkDtype(op, dtype);
    const count = checkedCount(op, shape);
    if (data.length !== count) {
      throw new RangeError(
        `${op}: data has ${data.length} elements; shape ${formatShape(shape)} needs ${count}`,
      );
    }
    if (natural !== dtype) checkElements(op, dtype, data);
    const bytes = bytesFor(dtype, data);
    const made = this.watch(op, () => {
      const tensor = this.allocate(op, shape, dtype);
      if (count > 0) {
        this.faults.doing(() => this.device.queue.writeBuffer(tensor.buffer, 0, bytes));
      }
      return tensor;
    });
    made.value.fault = made.fault;
    return made.value;
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
    if (!isA(buffer, 'GPUBuffer')) {
      throw new TypeError(`${op}: buffer is ${describe(buffer)}; it must be a GPUBuffer`);
    }
    if (!(buffer.usage & bufferUsage.STORAGE)) {
      throw new TypeError(
        `${op}: the buffer's usage is ${buffer.usage}; it must include GPUBufferUsage.STORAGE (${bufferUsage.STORAGE})`,
      );
    }
    if ((buffer.mapState ?? 'unmapped') !== 'unmapped') {
      throw new Error(`${op}: the buffer is ${buffer.mapState}; it must be unmapped`);
    }
    return this.place(op, buffer, shape, options);
  }

  /**
   * A tensor of this kind that nothing but a plan may be made for.
   *
   * @internal
   */
  imagine({ shape, ...options }: TensorSpec): GpuTensor {
    const most = standIn(limitOf(this.device, 'maxBufferSize'));
    return this.place('prepare', most, shape, options);
  }

  private place<D extends DType = 'f32'>(
    op: string,
    buffer: GPUBuffer,
    shape: readonly number[],
    options: WrapOptions<D>,
  ): GpuTensor<D> {
    const { dtype = 'f32' as D, byteOffset = 0 } = options;
    checkDtype(op, dtype);
    const count = checkedCount(op, shape);
    const unit = bytesPer(dtype);
    if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset % unit !== 0) {
      throw new RangeError(
        `${op}: byteOffset is ${describe(byteOffset)}; it may be a multiple of ${unit}, 0 or more`,
      );
    }
    // The GPU binds whole words, also where a half is alone in its own.
    const end = bytesOf(byteOffset / unit + count, dtype);
    if (end > buffer.size) {
      throw new RangeError(
        `${op}: shape ${formatShape(shape)} at byteOffset ${byteOffset} needs ${end} bytes; ` +
          `the buffer has ${buffer.size}`,
      );
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
   * What has been measured here, or was passed in; undefined where the library's own table decides
   * alone. A tuning may be set at any time, and undefined forgets it; calls from then on follow it.
   *
   * Setting it throws Error for a tuning of another adapter or library version, naming what differs
   * (browsers may describe two GPUs alike), TypeError or RangeError for what is no tuning.
   */
  get tuning(): Tuning | undefined {
    return this.tuned;
  }

  set tuning(value: Tuning | undefined) {
    this.tuned =
      value === undefined ? value : checkTuning(value, this.adapterInfo, this.runtime.plan);
    this.runtime.retune(this.tuned?.tiers ?? []);
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
   * A new tensor with nothing in it yet.
   *
   * @internal
   */
  allocate<D extends DType>(op: string, shape: readonly number[], dtype: D): GpuTensor<D> {
    const bytes = bytesOf(checkedCount(op, shape), dtype);
    const limit = limitOf(this.device, 'maxBufferSize');
    if (bytes > limit) {
      throw new RangeError(
        `${op}: a tensor of shape ${formatShape(shape)} takes ${bytes} bytes; ` +
          `a buffer of this device holds at most ${limit} (maxBufferSize)`,
      );
    }
    const buffer = this.rehearsal
      ? standIn(bytes)
      : this.runtime.createBuffer({
          label: `webgpu-softmax ${op} ${formatShape(shape)}`,
          size: Math.max(16, bytes),
          usage: tensorUsage,
        });
    const tensor = new GpuTensor(this, buffer, 0, [...shape], dtype, true);
    this.making?.push(tensor);
    return tensor;
  }

  /** Does the work and notes what the GPU makes of it; work that throws leaves no tensor behind. */
  private watch<T>(op: string, work: () => T): { value: T; fault: Fault } {
    const making: GpuTensor[] = [];
    this.making = making;
    try {
      return this.faults.watch(op, work);
    } catch (error) {
      for (const tensor of making) tensor.destroy();
      throw error;
    } finally {
      this.making = undefined;
    }
  }

  /**
   * Runs an operation: records its commands, submits them, and notes what the GPU makes of them. A
   * result of failed work has failed too.
   *
   * @internal
   */
  record<T>(
    op: string,
    target: RecordTarget,
    inputs: readonly { readonly region: Region }[],
    work: (recorder: Recording) => T,
  ): T {
    this.checkAlive(op);
    if (this.rehearsal) {
      this.rehearsal.label = op;
      return work(this.rehearsal);
    }
    const recorder = new Recorder(this.runtime, op, target);
    const { value, fault } = this.watch(op, () => {
      try {
        const result = work(recorder);
        recorder.finish();
        return result;
      } finally {
        recorder.release();
      }
    });
    const earlier = inputs.flatMap(({ region }) =>
      region instanceof GpuTensor && region.fault !== noFault ? [region.fault] : [],
    );
    if (recorder.high) earlier.push(...this.doubtOf(op));
    const first = earlier.length > 0 ? firstOf([...earlier, fault]) : fault;
    for (const tensor of recorder.results) tensor.fault = first;
    if (fault !== noFault) {
      void fault.then((error) => (error ? this.runtime.clear() : recorder.prove()));
    }
    return value;
  }

  /** The self-test's verdict as a fault of this call; nothing once the device has passed. */
  private doubtOf(op: string): Fault[] {
    const verdict = this.testedHigh();
    if (verdict === noFault) return [];
    const fault = verdict.then((error) =>
      error ? new Error(`${op}: ${error.message}`, { cause: error }) : undefined,
    );
    this.faults.remember(fault);
    return [fault];
  }

  /** Tests `precision: 'high'` on this device at its first use, beside the call that asks for it. */
  private testedHigh(): Fault {
    const { device, runtime } = this;
    return highPrecision.on(device, () => new Engine(device, false, runtime.plan));
  }

  /**
   * Compiles what calls will need: `calls` makes them, on tensors that need not exist, and nothing
   * of it reaches the GPU.
   *
   * @internal
   */
  async rehearse(op: string, calls: () => void): Promise<void> {
    this.checkUsable(op);
    const { pipelines, plan } = this.runtime;
    const rehearsal = new Rehearsal(plan);
    this.rehearsal = rehearsal;
    try {
      calls();
    } finally {
      this.rehearsal = undefined;
    }
    const compiled = await Promise.allSettled(rehearsal.kernels.map((k) => pipelines.prepare(k)));
    // What fails on a lost device fails because of that.
    if (this.lostReason) throw new Error(`${op}: ${this.lostReason}`);
    for (const result of compiled) if (result.status === 'rejected') throw result.reason;
    if (
      rehearsal.kernels.some(
        (k) => typeof k !== 'string' && 'precision' in k && k.precision === 'high',
      )
    ) {
      const error = await this.testedHigh();
      if (error) throw new Error(`${op}: ${error.message}`, { cause: error });
    }
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
    if (this.destroyed) throw new Error(`${op}: the engine is destroyed`);
  }
}

const dtypesOfArrays = {
  Float32Array: 'f32',
  Float16Array: 'f16',
  Int32Array: 'i32',
  Uint32Array: 'u32',
} as const;

/** The dtype a typed array has; an array, and those whose elements no tensor has, have none. */
function dtypeOf(data: unknown): DType | undefined {
  const kind = arrayKind(data);
  if (kind !== undefined && kind !== 'DataView') {
    return dtypesOfArrays[kind as keyof typeof dtypesOfArrays];
  }
  throw new TypeError(
    `tensor: data is ${describe(data)}; it may be a typed array or an array of numbers`,
  );
}

function checkDtype(op: string, dtype: unknown): void {
  if (!dtypeNames.includes(dtype as DType)) {
    throw new TypeError(
      `${op}: dtype is ${describe(dtype)}; it may be 'f32', 'f16', 'i32' or 'u32'`,
    );
  }
}

/** What an element of an array may be, where it becomes one of a dtype. */
const integerRange = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1] } as const;

function checkElements(op: string, dtype: DType, data: ArrayLike<unknown>): void {
  const range = dtype === 'i32' || dtype === 'u32' ? integerRange[dtype] : undefined;
  const isGood = (given: unknown) => {
    if (!range) return typeof given === 'number';
    // No bigint out of range rounds to a number in it.
    const v = typeof given === 'bigint' ? Number(given) : given;
    return Number.isInteger(v) && (v as number) >= range[0] && (v as number) <= range[1];
  };
  for (let i = 0; i < data.length; i++) {
    if (isGood(data[i])) continue;
    const may = range ? `an integer of ${range[0]} … ${range[1]}` : 'a number';
    throw new TypeError(`${op}: data[${i}] is ${describe(data[i])}; it may be ${may}`);
  }
}

/** @throws RangeError for what is no shape, or one of too many elements. */
export function checkedCount(op: string, shape: readonly number[]): number {
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  // Spread, so that a hole in it is no size.
  if (!Array.isArray(shape) || ![...shape].every(isSize)) {
    const given = Array.isArray(shape) ? formatShape([...shape].map(describe)) : describe(shape);
    throw new RangeError(`${op}: shape is ${given}; it may be an array of integers >= 0`);
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (!Number.isSafeInteger(count)) {
    throw new RangeError(
      `${op}: shape ${formatShape(shape)} has ${count} elements; it may have 2^53 - 1 at most`,
    );
  }
  return count;
}
