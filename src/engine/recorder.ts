import { bufferUsage } from '../gpu/constants';
import { type Plan, planOf } from '../gpu/plan';
import { bytesOf, type HostElements, type Region } from '../gpu/region';
import { ScratchPool, takeFit } from '../gpu/scratch';
import { type ConvertTask, planConvert } from '../map/convert';
import type { PlanDevice } from '../rows/plan';
import { fingerprint, type Program } from './program';
import type { Bound, Runtime } from './runtime';
import type { GpuTensor } from './tensor';

/** Where an operation's commands go: submitted at once, or recorded for the caller to submit. */
export interface RecordTarget {
  encoder?: GPUCommandEncoder | undefined;
  pass?: GPUComputePassEncoder | undefined;
}

/**
 * Scratch of recorded work belongs to the encoder it is recorded in: nobody may reuse it before
 * that is submitted, which we cannot see, and it is never destroyed by us.
 */
const recordedScratch = new WeakMap<object, ScratchPool>();

/** Turns a task into dispatches. */
type Planner<T> = (label: string, task: T, device: PlanDevice) => Plan;

/** A copy of a region to another of its dtype. */
function planCopy(_: string, { from, to }: ConvertTask): Plan {
  const offsets = [[from.byteOffset, to.byteOffset]] as const;
  const size = bytesOf(to.count, to.dtype);
  return planOf([{ kind: 'copies', from: from.buffer, to: to.buffer, size, offsets }]);
}

/** A program and the buffers it is to run on. */
interface Work {
  readonly program: Program;
  readonly buffers: readonly GPUBuffer[];
}

/** What an operation asks of the recorder of its call. */
export type Recording = Pick<
  Recorder,
  'device' | 'results' | 'once' | 'scratch' | 'upload' | 'plan' | 'move'
>;

/** Plans one call of an operation, then records its commands: all of them or, on an error, none. */
export class Recorder {
  /** The tensors that the call fills. */
  readonly results: GpuTensor[] = [];
  /** Whether the call uses buffers that no other call will: bind groups of it are not kept. */
  once = false;
  /** Whether a kernel of `precision: 'high'` is among its commands. */
  high = false;
  private readonly work: Work[] = [];
  private bound: readonly Bound[] = [];
  private readonly uploads: [GPUBuffer, HostElements['elements']][] = [];
  private readonly pool: ScratchPool;
  /**
   * What a program needed for itself, for those that run after it. Not for uploads, which are written
   * before any of them.
   */
  private readonly spare: GPUBuffer[] = [];
  private readonly recorded: boolean;
  private encoder: GPUCommandEncoder | undefined;
  private pass: GPUComputePassEncoder | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly label: string,
    private readonly target: RecordTarget,
  ) {
    const owner = target.pass ?? target.encoder;
    this.recorded = owner !== undefined;
    if (owner) {
      this.pool = recordedScratch.get(owner) ?? new ScratchPool(runtime.createBuffer, false);
      recordedScratch.set(owner, this.pool);
    } else this.pool = runtime.scratch;
    this.encoder = target.encoder;
    this.pass = target.pass;
  }

  /** What plans are made for. */
  get device(): PlanDevice {
    return this.runtime.plan;
  }

  /** Scratch of this many f32 elements, for this call. */
  scratch(count: number): Region {
    return { buffer: this.take(4 * Math.max(1, count)), byteOffset: 0, dtype: 'f32', count };
  }

  /** Scratch that holds these elements when the commands run. */
  upload({ dtype, elements, count }: HostElements): Region {
    if (!this.recorded) {
      const region = { ...this.scratch(count), dtype };
      this.uploads.push([region.buffer, elements]);
      return region;
    }
    // The queue would write before the caller submits, whatever else is recorded to come first.
    this.once = true;
    const buffer = this.runtime.createFilled(
      {
        label: `webgpu-softmax ${this.label}`,
        size: Math.max(16, elements.byteLength),
        usage: bufferUsage.STORAGE,
      },
      new Uint32Array(elements.buffer),
    );
    return { buffer, byteOffset: 0, dtype, count };
  }

  /** Moves f32 or f16 elements, from scratch to where they were asked for, and converts them. */
  move(from: Region, to: Region): void {
    this.plan(to.dtype === from.dtype ? planCopy : planConvert, { from, to });
  }

  /** Adds what a planner makes of a task: the same of equal tasks, but for the label in its errors. */
  plan<T extends object>(planner: Planner<T>, task: T): void {
    this.high ||= (task as { precision?: string }).precision === 'high';
    const buffers: GPUBuffer[] = [];
    const key = fingerprint(task, buffers);
    const { runtime, label } = this;
    const program = runtime.program(planner, key, buffers, () =>
      planner(label, task, runtime.plan),
    );
    if (this.target.pass && program.steps.some(({ kind }) => kind === 'copies')) {
      throw new Error(
        `${label}: this takes a copy (out shares a buffer with another argument, or a tensor is over ` +
          'maxStorageBufferBindingSize), which cannot be recorded into an open pass; give an encoder instead',
      );
    }
    const lent = program.scratch.map((bytes) => takeFit(this.spare, bytes) ?? this.take(bytes));
    buffers.push(...lent);
    this.spare.unshift(...lent);
    this.work.push({ program, buffers });
  }

  /** Records the commands, and submits them unless that is the caller's to do. */
  finish(): void {
    if (this.recorded) this.refuseLongWork();
    const { runtime } = this;
    this.bound = this.work.map(({ program, buffers }) => runtime.bind(program, buffers, this.once));
    if (this.bound.every((bound) => runtime.isSafe(bound))) this.record();
    else runtime.faults.doing(() => this.record());
  }

  /** To be called when the GPU has taken the commands without an error. */
  prove(): void {
    // What was recorded it has yet to see.
    if (!this.recorded) for (const bound of this.bound) bound.proven = true;
  }

  private record(): void {
    const { device, plan } = this.runtime;
    for (const [buffer, data] of this.uploads) {
      device.queue.writeBuffer(buffer, 0, data);
    }
    let elements = 0;
    this.work.forEach(({ program, buffers }, w) => {
      const { groups } = this.bound[w]!;
      program.recorded ||= this.recorded;
      program.steps.forEach((step, i) => {
        if (step.kind === 'copies') {
          this.endPass();
          for (const [from, to] of step.offsets) {
            const encoder = this.openEncoder();
            encoder.copyBufferToBuffer(buffers[step.from]!, from, buffers[step.to]!, to, step.size);
          }
          return;
        }
        // Long work is cut into several submissions, so that no watchdog takes the device away.
        if (!this.recorded && elements > 0 && elements + step.elements > plan.maxElements) {
          this.submit();
          elements = 0;
        }
        elements += step.elements;
        const pass = this.openPass();
        pass.setPipeline(step.pipeline.pipeline);
        pass.setBindGroup(0, groups[i]!);
        pass.dispatchWorkgroups(...step.workgroups);
      });
    });
    if (!this.recorded) this.submit();
    else if (!this.target.pass) this.endPass();
  }

  /** Gives the scratch back, whether or not the commands were recorded. */
  release(): void {
    this.pool.release();
    this.runtime.sweep();
  }

  private take(bytes: number): GPUBuffer {
    this.once ||= this.recorded;
    return this.pool.take(bytes);
  }

  private refuseLongWork(): void {
    const { maxElements } = this.runtime.plan;
    const dispatches = this.work
      .flatMap(({ program }) => program.steps)
      .filter((step) => step.kind === 'dispatch');
    const elements = dispatches.reduce((sum, step) => sum + step.elements, 0);
    if (elements > maxElements && dispatches.length > 1) {
      throw new RangeError(
        `${this.label}: ${elements} elements of work need several submissions on this device (${maxElements} at a time), ` +
          'which cannot be recorded; call without encoder and pass, or with fewer rows at a time',
      );
    }
  }

  private openEncoder(): GPUCommandEncoder {
    this.encoder ??= this.runtime.device.createCommandEncoder({ label: this.label });
    return this.encoder;
  }

  private openPass(): GPUComputePassEncoder {
    this.pass ??= this.openEncoder().beginComputePass({ label: this.label });
    return this.pass;
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = undefined;
  }

  private submit(): void {
    this.endPass();
    if (this.encoder) this.runtime.device.queue.submit([this.encoder.finish()]);
    this.encoder = undefined;
  }
}
