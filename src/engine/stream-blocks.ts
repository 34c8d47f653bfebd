import { bufferUsage, mapMode } from '../gpu/constants';
import { lossTold } from '../gpu/faults';
import { type DType, type FloatDType, floatDTypes, wordsOf } from '../gpu/region';
import { bytesFor } from '../gpu/upload';
import { checkChoice, checkInteger } from '../util/checks';
import { tagOf, typedArrayKind } from '../util/kinds';
import { describe, wrongKind, wrongValue } from '../util/words';
import { checkTensor } from './check-tensor';
import type { Engine } from './engine';
import { checkDtype, type HalfArray } from './host-data';
import { GpuTensor, type HostArray, hostArrayOf } from './tensor';

/** Rows on the host, side by side: as many as there are. */
export type RowBlock = Float32Array | HalfArray;

/** What a function of a stream returns: a tensor, or some by name. */
export type StreamResult = GpuTensor | { readonly [name: string]: GpuTensor };

/**
 * What a stream runs on each block. It is called with the block as a tensor [rows, classes], which stays
 * the stream's, the number of the block's first row, and what it returned for an earlier block of this
 * shape, which it may write again (`out`); undefined where there is none. What it returns is the stream's
 * too: tensors of the same engine, which the stream reads and destroys.
 */
export type StreamFunction<R extends StreamResult> = (
  x: GpuTensor,
  firstRow: number,
  out: R | undefined,
) => R;

/** What a stream gives for a block: each tensor's elements. */
export type HostResult<R extends StreamResult> =
  R extends GpuTensor<infer D>
    ? HostArray<D>
    : { [Name in keyof R]: R[Name] extends GpuTensor<infer D> ? HostArray<D> : never };

/** Options of `stream`. */
export interface StreamOptions {
  /** The length of a row. */
  classes: number;
  /** How rows are stored on the GPU; default: as they come. */
  dtype?: FloatDType | undefined;
  /** Blocks that may be under way at once, 2 … 16; default 3. */
  depth?: number | undefined;
  /** Ends the stream with its reason. */
  signal?: AbortSignal | undefined;
}

const stagingSize = (tensor: GpuTensor) => Math.max(4, wordsOf(tensor).size);

/** Arrays as the tensors that they were read from. */
function byName(result: StreamResult, arrays: readonly HostArray[]): HostResult<StreamResult> {
  if (result instanceof GpuTensor) return arrays[0] as HostResult<StreamResult>;
  const names = Object.keys(result);
  return Object.fromEntries(names.map((name, i) => [name, arrays[i]])) as HostResult<StreamResult>;
}

const tensorsOf = (result: StreamResult): GpuTensor[] =>
  result instanceof GpuTensor ? [result] : Object.values(result);

/** A tensor of an operation's result, and what it is read through. */
interface Reading {
  readonly tensor: GpuTensor;
  readonly staging: GPUBuffer;
}

/** Buffers for one block at a time. */
interface Slot {
  readonly x: GpuTensor;
  /** What the operation returned for the block before: to be written again. */
  result: StreamResult | undefined;
  readings: Reading[];
}

/** The blocks of a stream on the GPU, each in a slot, which is free again when its results have been read. */
export class StreamBlocks {
  private readonly free: Slot[] = [];
  private readonly slots = new Set<Slot>();
  private readonly classes: number;
  private readonly dtype: FloatDType | undefined;
  private firstRow = 0;
  private destroyed = false;

  constructor(
    private readonly engine: Engine,
    private readonly operation: StreamFunction<StreamResult>,
    options: StreamOptions,
  ) {
    const op = 'stream';
    checkInteger(op, 'classes', options.classes, 1, 2 ** 31);
    if (options.depth !== undefined) checkInteger(op, 'depth', options.depth, 2, 16);
    if (options.dtype !== undefined) checkChoice(op, 'dtype', options.dtype, ['f32', 'f16']);
    this.classes = options.classes;
    this.dtype = options.dtype;
  }

  /** Enqueues a block and resolves with what it gives; blocks take their turns on the GPU. */
  async run(block: RowBlock): Promise<HostResult<StreamResult>> {
    const { device } = this.engine;
    let slot: Slot;
    let mapped: Promise<PromiseSettledResult<HostArray>[]>;
    let scopes: Promise<GPUError | null>[];
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    try {
      slot = this.slotFor(block);
      const { x } = slot;
      if (x.count > 0) {
        device.queue.writeBuffer(x.buffer, 0, bytesFor(x.dtype, block, this.engine.facts.halves));
      }
      const { firstRow } = this;
      this.firstRow += x.shape[0]!;
      this.adopt(slot, checkedResult(this.engine, this.operation(x, firstRow, slot.result)));
      mapped = Promise.allSettled(this.map(slot));
    } finally {
      // Empty or unanswered where the device is lost; `lostMessage` says so.
      scopes = [device.popErrorScope(), device.popErrorScope()].map((scope) =>
        scope.catch(() => null),
      );
    }
    const faults = await Promise.all(slot.readings.map(({ tensor }) => tensor.fault));
    const results = await mapped;
    const failed = (await Promise.all(scopes)).find((error) => error !== null);
    const unmapped = results.find((result) => result.status === 'rejected');
    // Only a lost device should keep them from being read, and browsers may report that a little later.
    if (unmapped && !this.destroyed) await lossTold(this.engine.device);
    const { lostMessage } = this.engine;
    if (lostMessage) throw new Error(`stream: ${lostMessage}`);
    for (const fault of faults) if (fault) throw fault;
    if (failed) throw new Error(`stream: ${failed.message}`, { cause: failed });
    if (unmapped) throw unmapped.reason;
    this.free.push(slot);
    return byName(
      slot.result!,
      results.map((result) => (result as PromiseFulfilledResult<HostArray>).value),
    );
  }

  /** A free slot for blocks of this size, or a new one; those of other sizes are given back. */
  private slotFor(block: RowBlock): Slot {
    const { classes } = this;
    const kind = typedArrayKind(block);
    const isHalf = kind === 'Float16Array';
    if (kind !== 'Float32Array' && !isHalf) {
      const may = 'a Float32Array or a Float16Array';
      wrongKind('stream', 'block', may, describe(block));
    }
    if (block.length % classes !== 0) {
      const may = `a length that is a multiple of classes (${classes})`;
      wrongValue('stream', 'block', may, block.length);
    }
    const rows = block.length / classes;
    const dtype = this.dtype ?? (isHalf ? 'f16' : 'f32');
    const slot = this.free.shift();
    if (slot?.x.shape[0] === rows && slot.x.dtype === dtype) return slot;
    if (slot) this.discard(slot);
    checkDtype('stream', dtype, this.engine.facts.halves);
    const made = { x: this.engine.allocate('stream', [rows, classes], dtype), readings: [] };
    const fresh: Slot = { ...made, result: undefined };
    this.slots.add(fresh);
    return fresh;
  }

  /** Takes what the operation returned: what it returned before and now did not is given back. */
  private adopt(slot: Slot, result: StreamResult): void {
    const tensors = tensorsOf(result);
    const earlier = slot.readings;
    slot.readings = tensors.map((tensor, i) => {
      const staging = earlier[i]?.staging;
      const fits = staging?.size === stagingSize(tensor);
      return { tensor, staging: fits ? staging! : this.stagingFor(tensor) };
    });
    slot.result = result;
    for (const { tensor, staging } of earlier) {
      if (tensor !== slot.x && !tensors.includes(tensor)) tensor.destroy();
      if (!slot.readings.some((reading) => reading.staging === staging)) staging.destroy();
    }
  }

  private stagingFor(tensor: GpuTensor): GPUBuffer {
    return this.engine.device.createBuffer({
      label: 'webgpu-softmax stream',
      size: stagingSize(tensor),
      usage: bufferUsage.MAP_READ | bufferUsage.COPY_DST,
    });
  }

  /** The results on the host, once they are there; their staging buffers are free again then. */
  private map({ readings }: Slot): Promise<HostArray>[] {
    const { device } = this.engine;
    const encoder = device.createCommandEncoder({ label: 'webgpu-softmax stream' });
    for (const { tensor, staging } of readings) {
      const { offset, size } = wordsOf(tensor);
      if (size > 0) encoder.copyBufferToBuffer(tensor.buffer, offset, staging, 0, size);
    }
    device.queue.submit([encoder.finish()]);
    return readings.map(async ({ tensor, staging }) => {
      await staging.mapAsync(mapMode.READ);
      // At once: a device that is lost takes its mapped memory along.
      const array = hostArrayOf(tensor, staging.getMappedRange());
      staging.unmap();
      return array;
    });
  }

  private discard(slot: Slot): void {
    for (const { tensor, staging } of slot.readings) {
      staging.destroy();
      tensor.destroy();
    }
    slot.x.destroy();
    this.slots.delete(slot);
  }

  destroy(): void {
    this.destroyed = true;
    for (const slot of this.slots) this.discard(slot);
  }
}

/** @throws TypeError or Error unless it is a tensor of the engine, or a record of them. */
function checkedResult(engine: Engine, result: StreamResult): StreamResult {
  const tensors = tagOf(result) === 'Object' ? result : { result };
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor<DType>(engine, 'stream', name, tensor, [...floatDTypes, 'i32', 'u32']);
  }
  return result;
}
