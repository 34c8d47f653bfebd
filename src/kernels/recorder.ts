import type { Region } from '../gpu/region';
import { ScratchPool } from '../gpu/scratch';
import type { GpuTensor } from '../gpu/tensor';
import { bindingsOf } from './compose';
import {
  type Copies,
  type Dispatch,
  type JacobianTask,
  type Plan,
  planJacobian,
  planRows,
  type RowTask,
  type ScratchName,
} from './plan';
import type { Runtime } from './runtime';

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

type Scratch = ReadonlyMap<ScratchName, GPUBuffer>;

type Command =
  | { readonly kind: 'dispatch'; readonly dispatch: Dispatch; readonly scratch: Scratch }
  | { readonly kind: 'copies'; readonly copies: Copies; readonly scratch: Scratch };

/** Plans one call of an operation, then records its commands: all of them or, on an error, none. */
export class Recorder {
  /** The tensors that the call fills. */
  readonly results: GpuTensor[] = [];
  private readonly commands: Command[] = [];
  private readonly pool: ScratchPool;
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
      this.pool = recordedScratch.get(owner) ?? new ScratchPool(runtime.device, false);
      recordedScratch.set(owner, this.pool);
    } else this.pool = runtime.scratch;
    this.encoder = target.encoder;
    this.pass = target.pass;
  }

  /** Scratch of this many elements, for this call. */
  scratch(count: number): Region {
    return { buffer: this.pool.take(4 * Math.max(1, count)), byteOffset: 0, count };
  }

  /** Adds a row operation. Returns the regime that the plan chose. */
  rows(task: RowTask): Plan {
    return this.add(planRows(this.label, task, this.runtime.plan));
  }

  /** Adds a Jacobian. */
  jacobian(task: JacobianTask): Plan {
    return this.add(planJacobian(this.label, task, this.runtime.plan));
  }

  /** Copies a scratch result to where it was asked for. */
  copy(from: Region, to: Region): void {
    const offsets = [[from.byteOffset, to.byteOffset]] as const;
    const copies = { from: from.buffer, to: to.buffer, size: 4 * to.count, offsets };
    this.addCopies({ kind: 'copies', ...copies }, new Map());
  }

  /** Records the commands, and submits them unless that is the caller's to do. */
  finish(): void {
    if (this.recorded) this.refuseLongWork();
    let elements = 0;
    for (const command of this.commands) {
      if (command.kind === 'copies') {
        const { copies, scratch } = command;
        const [from, to] = [resolve(copies.from, scratch), resolve(copies.to, scratch)];
        this.endPass();
        for (const [source, target] of copies.offsets) {
          this.openEncoder().copyBufferToBuffer(from, source, to, target, copies.size);
        }
        continue;
      }
      // Long work is cut into several submissions, so that no watchdog takes the device away.
      const more = elements + command.dispatch.elements;
      if (!this.recorded && elements > 0 && more > this.runtime.plan.maxElements) {
        this.submit();
        elements = 0;
      }
      elements += command.dispatch.elements;
      this.record(command.dispatch, command.scratch);
    }
    if (!this.recorded) this.submit();
    else if (!this.target.pass) this.endPass();
  }

  /** Gives the scratch back, whether or not the commands were recorded. */
  release(): void {
    this.pool.release();
  }

  private add(plan: Plan): Plan {
    const scratch = new Map<ScratchName, GPUBuffer>();
    for (const [name, bytes] of plan.scratch) scratch.set(name, this.pool.take(bytes));
    for (const step of plan.steps) {
      if (step.kind === 'copies') this.addCopies(step, scratch);
      else this.commands.push({ kind: 'dispatch', dispatch: step, scratch });
    }
    return plan;
  }

  private addCopies(copies: Copies, scratch: Scratch): void {
    if (this.target.pass) {
      throw new Error(
        `${this.label}: this takes a copy (out shares a buffer with another argument, or a tensor is over ` +
          'maxStorageBufferBindingSize), which cannot be recorded into an open pass; give an encoder instead',
      );
    }
    this.commands.push({ kind: 'copies', copies, scratch });
  }

  private refuseLongWork(): void {
    const { maxElements } = this.runtime.plan;
    let elements = 0;
    for (const command of this.commands) {
      if (command.kind === 'dispatch') elements += command.dispatch.elements;
    }
    if (elements > maxElements && this.commands.length > 1) {
      throw new RangeError(
        `${this.label}: ${elements} elements of work need several submissions on this device (${maxElements} at a time), ` +
          'which cannot be recorded; call without encoder and pass, or with fewer rows at a time',
      );
    }
  }

  private record(dispatch: Dispatch, scratch: Scratch): void {
    const { runtime } = this;
    const { name, pipeline, layout } = runtime.pipelines.get(dispatch.variant);
    const params = runtime.uniform(dispatch.params);
    const ranges = new Map(dispatch.ranges.map((range) => [range.role, range]));
    const bound = bindingsOf(dispatch.variant).map(({ role }) => {
      if (role === 'params') return { buffer: params, offset: 0, size: params.size };
      const range = ranges.get(role);
      if (!range) throw new Error(`${name}: nothing is bound as ${role}`);
      return { buffer: resolve(range.buffer, scratch), offset: range.offset, size: range.size };
    });
    const pass = this.openPass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, runtime.bindGroup(name, layout, bound));
    pass.dispatchWorkgroups(...dispatch.workgroups);
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

function resolve(buffer: GPUBuffer | ScratchName, scratch: Scratch): GPUBuffer {
  if (typeof buffer !== 'string') return buffer;
  const found = scratch.get(buffer);
  if (!found) throw new Error(`no scratch was planned for ${buffer}`);
  return found;
}
