/** A device that does nothing and notes what it is asked for: for what is made, kept and freed. */
import { vi } from 'vitest';
import { Runtime } from '../../src/engine/runtime';
import { Faults } from '../../src/gpu/faults';
import type { PlanDevice } from '../../src/rows/plan';

export interface FakeBuffer extends GPUBuffer {
  /** What it holds. */
  readonly bytes: ArrayBuffer;
  destroyed: boolean;
}

/** Something recorded into an encoder or a pass: the method, and what it was given. */
export type Command = readonly [name: string, ...args: unknown[]];

const usages = {
  MAP_READ: 0x1,
  COPY_SRC: 0x4,
  COPY_DST: 0x8,
  UNIFORM: 0x40,
  STORAGE: 0x80,
  QUERY_RESOLVE: 0x200,
};

export class FakeDevice {
  readonly buffers: FakeBuffer[] = [];
  /** What was recorded, by whatever encoder. */
  readonly commands: Command[] = [];
  readonly features = new Set<string>();
  /** The least that WebGPU guarantees. */
  readonly limits = {};
  submissions = 0;
  readonly queue = {
    writeBuffer: () => {},
    submit: () => {
      this.submissions++;
    },
    onSubmittedWorkDone: async () => {},
  };

  constructor() {
    vi.stubGlobal('GPUBufferUsage', usages);
    vi.stubGlobal('GPUShaderStage', { COMPUTE: 4 });
    // What is made is what it is made from.
    for (const name of [
      'createBindGroup',
      'createBindGroupLayout',
      'createComputePipeline',
      'createPipelineLayout',
      'createShaderModule',
    ]) {
      Object.assign(this, { [name]: (descriptor: object) => descriptor });
    }
  }

  createComputePipelineAsync = async (descriptor: object) => descriptor;
  pushErrorScope = () => {};
  popErrorScope = async () => null;

  createBuffer = (descriptor: GPUBufferDescriptor) => {
    const bytes = new ArrayBuffer(descriptor.size);
    const buffer = {
      ...descriptor,
      bytes,
      destroyed: false,
      getMappedRange: () => bytes,
      unmap: () => {},
      destroy: () => {
        buffer.destroyed = true;
      },
    } as unknown as FakeBuffer;
    this.buffers.push(buffer);
    return buffer;
  };

  createCommandEncoder = () => {
    const noted =
      (name: string) =>
      (...args: unknown[]) => {
        this.commands.push([name, ...args]);
      };
    const pass = Object.fromEntries(
      ['setPipeline', 'setBindGroup', 'dispatchWorkgroups', 'end'].map((name) => [
        name,
        noted(name),
      ]),
    );
    return {
      beginComputePass: () => pass,
      copyBufferToBuffer: noted('copyBufferToBuffer'),
      finish: () => ({}),
    } as unknown as GPUCommandEncoder;
  };

  /** What keeps things for this device between calls. */
  runtime(plan: PlanDevice): Runtime {
    const device = this as unknown as GPUDevice;
    return new Runtime(device, plan, new Faults(device));
  }
}
