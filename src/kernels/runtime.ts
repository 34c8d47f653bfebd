import type { Faults } from '../gpu/faults';
import { Lru } from '../gpu/lru';
import { ScratchPool } from '../gpu/scratch';
import { PipelineCache } from './pipelines';
import type { Plan, PlanDevice } from './plan';
import { compileProgram, type Program, type Step } from './program';

/** Steps whose uniforms, and bind groups whose buffers, are kept. */
const MAX_STEPS = 1024;

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
  private readonly bindGroups = new Lru<GPUBindGroup[]>(MAX_STEPS, (groups) => groups.length + 1);
  private readonly ids = new WeakMap<object, number>();
  private nextId = 0;

  constructor(
    readonly device: GPUDevice,
    readonly plan: PlanDevice,
    private readonly faults: Faults,
  ) {
    this.pipelines = new PipelineCache(device, faults);
    this.scratch = new ScratchPool(this.createBuffer);
  }

  readonly createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer =>
    this.faults.making(() => this.device.createBuffer(descriptor));

  /** The program of a plan for these buffers, planned and compiled if the key is new. */
  program(key: string, buffers: readonly GPUBuffer[], plan: () => Plan): Program {
    return this.programs.get(key, () => compileProgram(this, plan(), buffers));
  }

  /**
   * A bind group for each step of a program, of its buffers and then its scratch.
   *
   * @param once for buffers that will not come again: nothing is kept.
   */
  bind(program: Program, buffers: readonly GPUBuffer[], once: boolean): GPUBindGroup[] {
    const make = () =>
      program.steps.map(
        (step) => step.kind === 'dispatch' && this.bindStep(program, step, buffers),
      ) as GPUBindGroup[];
    if (once) return make();
    let key = `${this.idOf(program)}`;
    for (const buffer of buffers) key += `,${this.idOf(buffer)}`;
    return this.bindGroups.get(key, make);
  }

  private bindStep(
    { uniforms }: Program,
    { pipeline, bindings }: Step & { kind: 'dispatch' },
    buffers: readonly GPUBuffer[],
  ): GPUBindGroup {
    return this.device.createBindGroup({
      label: pipeline.name,
      layout: pipeline.layout,
      entries: bindings.map(({ at, offset, size }, binding) => ({
        binding,
        resource: { buffer: at === 'uniforms' ? uniforms! : buffers[at]!, offset, size },
      })),
    });
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
    this.bindGroups.clear();
    this.programs.clear();
    this.sweep();
    this.scratch.destroy();
  }
}

const weightOf = (step: Step) => (step.kind === 'dispatch' ? 1 : step.offsets.length);
