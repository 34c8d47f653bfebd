import { Lru } from '../gpu/lru';
import { ScratchPool } from '../gpu/scratch';
import { type Params, packParams } from './params';
import { PipelineCache } from './pipelines';
import type { PlanDevice } from './plan';

/** A range of a buffer for one binding. */
export interface BoundBuffer {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/**
 * What is kept for a device between calls, so that a repeated call makes no GPU object: pipelines
 * by variant, uniforms by content, bind groups by what they bind, and scratch.
 */
export class Runtime {
  readonly pipelines: PipelineCache;
  readonly scratch: ScratchPool;
  private readonly uniforms = new Lru<GPUBuffer>(512);
  private readonly bindGroups = new Lru<GPUBindGroup>(256);
  private readonly bufferIds = new WeakMap<GPUBuffer, number>();
  private nextId = 0;

  constructor(
    readonly device: GPUDevice,
    readonly plan: PlanDevice,
  ) {
    this.pipelines = new PipelineCache(device);
    this.scratch = new ScratchPool(device);
  }

  /**
   * A uniform buffer of this content. It is never written again: recorded commands may see it at any
   * later time. What the cache forgets is left to the garbage collector for the same reason.
   */
  uniform(params: Params): GPUBuffer {
    const data = packParams(params);
    return this.uniforms.get(data.join(), () => this.uniformOf(data));
  }

  private uniformOf(data: Uint32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.device.createBuffer({
      label: 'webgpu-softmax params',
      size: data.byteLength,
      usage: GPUBufferUsage.UNIFORM,
      mappedAtCreation: true,
    });
    new Uint32Array(buffer.getMappedRange()).set(data);
    buffer.unmap();
    return buffer;
  }

  bindGroup(name: string, layout: GPUBindGroupLayout, bound: readonly BoundBuffer[]): GPUBindGroup {
    const key = [name, ...bound.map((b) => `${this.idOf(b.buffer)}@${b.offset}+${b.size}`)].join();
    return this.bindGroups.get(key, () =>
      this.device.createBindGroup({
        label: name,
        layout,
        entries: bound.map((resource, binding) => ({ binding, resource: { ...resource } })),
      }),
    );
  }

  private idOf(buffer: GPUBuffer): number {
    let id = this.bufferIds.get(buffer);
    if (id === undefined) {
      id = this.nextId++;
      this.bufferIds.set(buffer, id);
    }
    return id;
  }

  /** Frees scratch, and what the caches keep of the caller's buffers. */
  destroy(): void {
    this.bindGroups.clear();
    this.uniforms.clear();
    this.scratch.destroy();
  }
}
