/**
 * A GPUDevice that compiles its kernels for RDNA2 and runs the machine code on the simulator: as much of
 * WebGPU as a compute library uses. What cannot be known before it is run (an access out of bounds, a
 * missing barrier, an instruction that is not simulated) rejects the next wait for the queue.
 */
import { SimulatedBuffer } from './buffer';
import { type BindGroup, CommandEncoder } from './commands';
import { ErrorScopes } from './error-scopes';
import type { BindGroupLayout, Pipeline, Pipelines } from './pipeline';
import { SimulatedQueue } from './queue';

export interface DeviceParts {
  readonly pipelines: Pipelines;
  readonly info: GPUAdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
}

export class SimulatedDevice {
  readonly [Symbol.toStringTag] = 'GPUDevice';
  readonly label = 'RDNA2 simulator';
  readonly queue = new SimulatedQueue((message) => this.scopes.report('validation', message));
  readonly adapterInfo: GPUAdapterInfo;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly lost: Promise<GPUDeviceLostInfo>;
  private readonly pipelines: Pipelines;
  private readonly scopes = new ErrorScopes((message) => this.queue.fail(new Error(message)));
  private lose!: (info: GPUDeviceLostInfo) => void;

  constructor({ pipelines, info, features, limits }: DeviceParts) {
    this.pipelines = pipelines;
    this.adapterInfo = info;
    this.features = features;
    this.limits = limits;
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
    });
  }

  createBuffer(descriptor: GPUBufferDescriptor): SimulatedBuffer {
    return new SimulatedBuffer(descriptor, this.queue.finished);
  }

  createBindGroupLayout({ entries }: { entries: GPUBindGroupLayoutEntry[] }): BindGroupLayout {
    return { entries };
  }

  createPipelineLayout({ bindGroupLayouts }: { bindGroupLayouts: BindGroupLayout[] }) {
    return { bindGroupLayouts };
  }

  createBindGroup({ entries }: BindGroup): BindGroup {
    return { entries };
  }

  createShaderModule({ code }: GPUShaderModuleDescriptor) {
    // What is wrong with it the pipeline tells.
    return { code, getCompilationInfo: async () => ({ messages: [] }) };
  }

  createComputePipeline(descriptor: GPUComputePipelineDescriptor): Pipeline {
    const pipeline = this.pipelines.create(descriptor);
    this.scopes.reportLater('validation', pipeline.compiled);
    return pipeline;
  }

  async createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor): Promise<Pipeline> {
    const pipeline = this.pipelines.create(descriptor);
    await pipeline.compiled;
    return pipeline;
  }

  createCommandEncoder(): CommandEncoder {
    return new CommandEncoder();
  }

  pushErrorScope(filter: GPUErrorFilter): void {
    this.scopes.push(filter);
  }

  popErrorScope(): Promise<GPUError | null> {
    return this.scopes.pop();
  }

  destroy(): void {
    this.lose({ reason: 'destroyed', message: 'it was destroyed' } as GPUDeviceLostInfo);
  }
}
