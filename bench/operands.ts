import { type Layout, type Role, tensorRoles } from '../conformance/operations';
import { Random, uniform } from '../conformance/random';
import type { Engine, FloatDType, GpuTensor } from '../src';
import * as library from '../src';
import { fromHalves, toHalves } from '../src/gpu/half';
import { bytesOf } from '../src/gpu/region';
import type { HostTensor } from '../src/reference';
import type { Bound } from './ops';
import { elementsOf, rowsOf, type Shape } from './shapes';

/**
 * Consecutive calls take turns at this much of each tensor, in bytes, so that a cache does not
 * flatter: with input and output together more than nearly all caches hold.
 */
const ROTATION = 2 ** 26;
const MAX_SLOTS = 256;
/** Bindings start at multiples of this. */
const ALIGNMENT = 256;
const SEED = 1;

/** Inputs of one shape and places for results, several times over, on the GPU and on the host. */
export class Operands {
  /** What the calls read, for the reference; the same in every slot. */
  readonly host = {} as Record<Role, HostTensor>;
  private readonly gpu = {} as Record<Role, GpuTensor[]>;
  private readonly results = {} as Record<Layout, GpuTensor[]>;
  private readonly buffers: GPUBuffer[] = [];
  /** How often tensors of the shape are there. */
  readonly slots: number;

  private constructor(
    private readonly engine: Engine,
    readonly shape: Shape,
    /** Of the tensors of the shape, and of a square result; values of one a row are f32. */
    readonly dtype: FloatDType,
  ) {
    const bytes = bytesOf(elementsOf(shape), dtype);
    this.slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(ROTATION / bytes)));
  }

  /**
   * Makes what is asked for. Logits are uniform in −8 … 8, vectors and upstream gradients in −1 … 1,
   * targets any class; y, logY and lse are what the library makes of the logits.
   *
   * @param options `logits` in place of random ones; `dtype` of the tensors, default f32.
   */
  static async create(
    engine: Engine,
    shape: Shape,
    inputs: ReadonlySet<Role>,
    results: ReadonlySet<Layout>,
    { logits, dtype = 'f32' }: { logits?: Float32Array | undefined; dtype?: FloatDType } = {},
  ): Promise<Operands> {
    const operands = new Operands(engine, shape, dtype);
    try {
      await operands.makeInputs(inputs, logits);
      for (const layout of results) operands.makeResults(layout);
      return operands;
    } catch (error) {
      operands.destroy();
      throw error;
    }
  }

  /** What call number `call` reads and writes. */
  bound(call: number, pass?: GPUComputePassEncoder): Bound {
    return {
      inputs: pick(this.gpu, call),
      out: pick(this.results, call),
      axis: this.shape.axis,
      ...(pass && { pass }),
    };
  }

  destroy(): void {
    for (const buffer of this.buffers.splice(0)) buffer.destroy();
  }

  private async makeInputs(
    roles: ReadonlySet<Role>,
    given = uniform(SEED, elementsOf(this.shape), -8, 8),
  ): Promise<void> {
    const { engine, shape, dtype } = this;
    /** What is left of numbers where they are stored. */
    const stored = (numbers: Float32Array) =>
      dtype === 'f16' ? fromHalves(toHalves(numbers)).subarray(0, numbers.length) : numbers;
    const logits = stored(given);
    const { dims, axis } = shape;
    const { count, length } = rowsOf(shape);
    const rowDims = dims.filter((_, i) => i !== axis);
    using x = engine.tensor(logits, dims);
    const forward = async (call: 'softmax' | 'logSoftmax') => {
      using result = library[call](x, { axis });
      return result.read();
    };
    const random = new Random(SEED + 1);
    for (const role of roles) {
      const make = {
        x: () => logits,
        v: () => stored(uniform(SEED + 2, logits.length, -1, 1)),
        y: async () => stored(await forward('softmax')),
        logY: async () => stored(await forward('logSoftmax')),
        dLse: () => uniform(SEED + 3, count, -1, 1),
        targets: () => Int32Array.from({ length: count }, () => random.integer(length)),
      }[role];
      const data = await make();
      const isTensor = tensorRoles.includes(role);
      this.host[role] = { data, shape: isTensor ? dims : rowDims };
      const kept = data instanceof Int32Array ? 'i32' : isTensor ? dtype : 'f32';
      this.gpu[role] = this.place(role, this.host[role].shape, kept, data);
    }
  }

  private makeResults(layout: Layout): void {
    const { dims, axis } = this.shape;
    const shapes = {
      tensor: dims,
      values: dims.filter((_, i) => i !== axis),
      square: dims.flatMap((n, i) => (i === axis ? [n, n] : [n])),
      scalar: [],
    };
    const dtype = isWhole(layout) ? this.dtype : 'f32';
    this.results[layout] = this.place(layout, shapes[layout], dtype);
  }

  /** One tensor a slot, all in one buffer, each with the given data (or zeros). */
  private place(
    name: string,
    shape: readonly number[],
    dtype: FloatDType | 'i32',
    data?: Float32Array | Int32Array,
  ): GpuTensor[] {
    const { device } = this.engine;
    const bytes = bytesOf(
      shape.reduce((a, b) => a * b, 1),
      dtype,
    );
    const stride = ALIGNMENT * Math.ceil(bytes / ALIGNMENT);
    const slots = Math.max(1, Math.min(this.slots, Math.floor(ROTATION / stride)));
    const buffer = device.createBuffer({
      label: `bench ${name} [${shape.join(', ')}]`,
      size: slots * stride,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.buffers.push(buffer);
    if (!data) {
      // The memory is really there before the first call is timed.
      const encoder = device.createCommandEncoder();
      encoder.clearBuffer(buffer);
      device.queue.submit([encoder.finish()]);
    }
    const bits = data && dtype === 'f16' ? toHalves(data) : data;
    return Array.from({ length: slots }, (_, i) => {
      const byteOffset = i * stride;
      if (bits) device.queue.writeBuffer(buffer, byteOffset, bits as Float32Array<ArrayBuffer>);
      return this.engine.wrap(buffer, shape, { byteOffset, dtype });
    });
  }
}

/** Whether a result has the dtype of the tensors: one value a row is f32 always. */
export const isWhole = (layout: Layout) => layout === 'tensor' || layout === 'square';

/** Of each role the tensor that this call uses. */
function pick<R extends string>(tensors: Record<R, GpuTensor[]>, call: number) {
  const entries = Object.entries<GpuTensor[]>(tensors);
  return Object.fromEntries(entries.map(([role, of]) => [role, of[call % of.length]!])) as Record<
    R,
    GpuTensor
  >;
}
