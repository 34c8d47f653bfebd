import type { DeviceFacts } from '../gpu/adapter';
import type { Fault } from '../gpu/faults';
import type { Plan } from '../gpu/plan';
import { bytesOf, type DType, type HostElements, type Region, tensorUsage } from '../gpu/region';
import type { ScratchPool } from '../gpu/scratch';
import type { Engine } from './engine';
import { GpuTensor } from './tensor';

/** Where the commands of a call go: submitted at once, or recorded for the caller to submit. */
export interface RecordTarget {
  readonly encoder?: GPUCommandEncoder | undefined;
  readonly pass?: GPUComputePassEncoder | undefined;
}

/** An argument that a call reads, and whether its result may share its place or its buffer. */
export interface Input {
  readonly name: string;
  readonly region: Region;
  /** Row data: element i of the result depends on it only after it is read, so in place is fine. */
  readonly rowData: boolean;
}

/** In place of a buffer that a call is given when it is executed. */
export interface Reserved {
  readonly size: number;
  readonly usage: number;
  /** What it holds when the commands run; else it is scratch, or a new tensor's. */
  readonly elements?: HostElements['elements'];
  /** The new tensor that it becomes the buffer of. */
  readonly tensor?: GpuTensor;
}

/** Turns a task into dispatches. */
export type Planner<T extends object> = (label: string, task: T, device: DeviceFacts) => Plan;

/** A test of a device, whose verdict is an Error that says what came out wrong, or undefined. */
export type SelfTest = (engine: Engine) => Fault;

/** A task and its planner. */
export interface Work<T extends object = object> {
  readonly planner: Planner<T>;
  readonly task: T;
}

/**
 * What a call of an operation asks of its engine, as data: the tensors it reads and fills, the buffers
 * it needs, and its tasks in their order. Nothing is made, and nothing reaches the GPU, before the
 * engine executes it.
 */
export class Call<R = unknown> {
  /** What must be true of the device for its results to be right, where it is not always. */
  requires: SelfTest | undefined;
  /** What it takes its scratch from, where that is not the engine's nor the encoder's. */
  pool: ScratchPool | undefined;
  /** The tensors that it fills. */
  readonly results: GpuTensor[] = [];
  /** Buffers that it is given when it is executed. */
  readonly reserved: Reserved[] = [];
  /** What a result may not overlap: inputs, and results before it. */
  readonly taken: Input[];
  readonly work: Work[] = [];
  /** To be done when all tasks are: what was written to scratch goes to where it was asked for. */
  readonly moves: Work[] = [];

  constructor(
    readonly op: string,
    readonly engine: Engine,
    readonly target: RecordTarget,
    readonly inputs: readonly Input[],
  ) {
    this.taken = [...inputs];
  }

  /** What the operation returns, once the call is executed. */
  returns!: R;

  giving(returns: R): this {
    this.returns = returns;
    return this;
  }

  /** Moves what tasks write to scratch to where it was asked for, once they are done. */
  move(planner: Planner<{ from: Region; to: Region }>, from: Region, to: Region): void {
    this.moves.push({ planner, task: { from, to } } as unknown as Work);
  }

  /** Adds a task. The label in its errors is the operation's name. */
  add<T extends object>(planner: Planner<T>, task: T): void {
    this.work.push({ planner, task } as unknown as Work);
  }

  /** Scratch of this many f32 elements. */
  scratch(count: number): Region {
    const buffer = this.reserve({ size: 4 * Math.max(1, count), usage: tensorUsage });
    return { buffer, byteOffset: 0, dtype: 'f32', count };
  }

  /** A tensor to be made. */
  result<D extends DType>(shape: readonly number[], dtype: D): GpuTensor<D> {
    const count = this.engine.countToMake(this.op, shape, dtype);
    const reserved = { size: Math.max(16, bytesOf(count, dtype)), usage: tensorUsage };
    const tensor = new GpuTensor(this.engine, reserved as GPUBuffer, 0, [...shape], dtype, true);
    this.reserved.push(Object.assign(reserved, { tensor }));
    return tensor;
  }

  /** Where an argument is on the GPU when the commands run; elements on the host are uploaded. */
  placed(small: Region | HostElements): Region {
    if (!('elements' in small)) return small;
    const { dtype, elements, count } = small;
    const size = Math.max(16, elements.byteLength);
    return {
      buffer: this.reserve({ size, usage: tensorUsage, elements }),
      byteOffset: 0,
      dtype,
      count,
    };
  }

  private reserve(reserved: Reserved): GPUBuffer {
    this.reserved.push(reserved);
    return reserved as GPUBuffer;
  }
}
