import { bufferError, type Faults, making } from '../gpu/faults';
import { Lru } from '../gpu/lru';
import { ScratchPool } from '../gpu/scratch';
import type { PlanDevice } from '../rows/plan';
import type { TunedTier } from '../rows/tiers';
import type { Reserved, Work } from './call';
import { PipelineCache } from './pipelines';
import { compileProgram, fingerprint, type Program, type Step } from './program';

/** Steps whose uniforms, and bind groups whose buffers, are kept. */
const MAX_STEPS = 1024;

/** A program of a call, and what it names before its own scratch: buffers, and what is reserved. */
export interface CallProgram {
  readonly program: Program;
  readonly buffers: readonly (GPUBuffer | Reserved)[];
}

/** A program bound to buffers. */
export interface Bound {
  readonly program: Program;
  /** By step; none for copies. */
  readonly groups: readonly (GPUBindGroup | undefined)[];
  readonly buffers: readonly GPUBuffer[];
  /** Whether the GPU has taken its commands without an error. */
  validated: boolean;
}

/**
 * What is kept for a device between calls, so that a repeated call makes no GPU object: pipelines
 * by variant, programs by what they were planned for, bind groups by what they bind, and scratch.
 */
export class Runtime {
  readonly pipelines: PipelineCache;
  readonly scratch: ScratchPool;
  private readonly programs = new Lru<Program>(
    MAX_STEPS,
    ({ steps }) => steps.reduce((sum, step) => sum + weightOf(step), 1),
    (program) => this.forgotten.push(program),
  );
  private readonly forgotten: Program[] = [];
  private readonly bound = new Lru<Bound>(MAX_STEPS, ({ groups }) => groups.length + 1);
  /** Buffers that we made and that are not yet destroyed. */
  private readonly ours = new WeakSet<GPUBuffer>();
  private readonly ids = new WeakMap<object, number>();
  private nextId = 0;
  /** Of the buffers in `ours`. */
  private bytes = 0;
  private peakBytes = 0;

  constructor(
    readonly device: GPUDevice,
    private known: PlanDevice,
    readonly faults: Faults,
  ) {
    this.pipelines = new PipelineCache(device, faults);
    this.scratch = new ScratchPool(this.createBuffer);
  }

  readonly createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
    const make = () => this.device.createBuffer(descriptor);
    const buffer = this.faults.within(making, make, bufferError(descriptor));
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      if (this.ours.delete(buffer)) this.bytes -= descriptor.size;
      destroy();
    };
    this.ours.add(buffer);
    this.bytes += descriptor.size;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    return buffer;
  };

  /** A buffer that holds these words from the start, whatever the queue has yet to do. */
  createFilled(descriptor: GPUBufferDescriptor, words: Uint32Array): GPUBuffer {
    let buffer: GPUBuffer;
    try {
      buffer = this.createBuffer({ ...descriptor, mappedAtCreation: true });
    } catch (error) {
      const refusal = error as Error;
      if (refusal.name !== 'RangeError') throw error;
      // No memory to map it in, or the device is lost: waiting for the work will report it.
      this.faults.note(refusal);
      return this.createBuffer(descriptor);
    }
    new Uint32Array(buffer.getMappedRange()).set(words);
    buffer.unmap();
    return buffer;
  }

  /** Bytes of the live buffers that we made: now, and at most so far. */
  get memory() {
    const { bytes, peakBytes } = this;
    return { bytes, peakBytes };
  }

  /** What plans are made for. */
  get facts(): PlanDevice {
    return this.known;
  }

  /** Plans anew, with these tiers before the table. */
  retune(tuned: readonly TunedTier[]): void {
    this.known = { ...this.known, tuned };
    this.bound.clear();
    this.programs.clear();
    this.sweep();
  }

  /** The program of a task, planned and compiled if it is new. Two planners may take tasks that are alike. */
  program(op: string, { planner, task }: Work): CallProgram {
    const buffers: (GPUBuffer | Reserved)[] = [];
    const named = buffers as GPUBuffer[];
    const key = `${this.idOf(planner)} ${fingerprint(task, named)}`;
    const program =
      this.programs.get(key) ??
      this.programs.add(key, compileProgram(this, planner(op, task, this.facts), named));
    return { program, buffers };
  }

  /**
   * A bind group for each step of a program, of its buffers and then its scratch.
   *
   * @param once for buffers that will not come again: nothing is kept.
   */
  bind(program: Program, buffers: readonly GPUBuffer[], once: boolean): Bound {
    let key = '';
    if (!once) {
      key = `${this.idOf(program)}`;
      for (const buffer of buffers) key += `,${this.idOf(buffer)}`;
      const found = this.bound.get(key);
      if (found) return found;
    }
    const { steps, uniforms } = program;
    const groups = this.faults.within(making, () =>
      steps.map((step) => {
        if (step.kind === 'copies') return undefined;
        const { pipeline, bindings } = step;
        return this.device.createBindGroup({
          label: pipeline.name,
          layout: pipeline.layout,
          entries: bindings.map(({ at, offset, size }, binding) => ({
            binding,
            resource: { buffer: at === 'uniforms' ? uniforms! : buffers[at]!, offset, size },
          })),
        });
      }),
    );
    const bound = { program, groups, buffers, validated: false };
    return once ? bound : this.bound.add(key, bound);
  }

  /** Whether commands cannot fail: they did not before, and their buffers are as they were. */
  isSafe({ validated, buffers }: Bound): boolean {
    return validated && buffers.every((buffer) => this.ours.has(buffer));
  }

  /**
   * Frees what was forgotten; to be called once what the last call recorded is submitted. Commands
   * recorded for the caller may yet be submitted: what they read is left to the garbage collector.
   */
  sweep(): void {
    for (const { uniforms, recorded } of this.forgotten.splice(0)) {
      if (!recorded) uniforms?.destroy();
    }
  }

  private idOf(object: object): number {
    let id = this.ids.get(object);
    if (id === undefined) {
      id = this.nextId++;
      this.ids.set(object, id);
    }
    return id;
  }

  /** Forgets everything: after a fault nothing that was made can be trusted. */
  clear(): void {
    this.pipelines.clear();
    this.bound.clear();
    this.programs.clear();
    this.sweep();
    this.scratch.destroy();
  }
}

const weightOf = (step: Step) => (step.kind === 'dispatch' ? 1 : step.offsets.length);
