import { compilationError } from '../gpu/compilation';
import { shaderStage } from '../gpu/constants';
import { type Faults, making } from '../gpu/faults';
import type { Kernel, Uniform } from '../gpu/kernel';
import { Lru } from '../gpu/lru';

export interface Pipeline {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** What its uniform buffer holds. */
  readonly uniforms: readonly Uniform[];
}

/** Pipelines kept: more than one program uses of them, fewer than there are variants. */
const MAX_PIPELINES = 512;

/** Compiles each kernel once per device: at once where a call waits for it, or ahead of calls. */
export class PipelineCache {
  private readonly made = new Lru<Pipeline>(MAX_PIPELINES);
  private readonly coming = new Map<string, Promise<void>>();

  constructor(
    private readonly device: GPUDevice,
    private readonly faults: Faults,
  ) {}

  get(kernel: Kernel): Pipeline {
    const { name } = kernel;
    const found = this.made.get(name);
    if (found) return found;
    let parts: ReturnType<PipelineCache['parts']> | undefined;
    const made = this.faults.within(
      making,
      () => {
        parts = this.parts(kernel);
        const { layout, uniforms, descriptor } = parts;
        return { name, layout, uniforms, pipeline: this.device.createComputePipeline(descriptor) };
      },
      (error) => parts!.explain(error),
    );
    return this.made.add(name, made);
  }

  /**
   * Compiles a kernel without keeping anybody waiting, unless it is there or under way.
   *
   * @throws Error, as a rejection that names the kernel, if it does not compile.
   */
  prepare(kernel: Kernel): Promise<void> {
    const { name } = kernel;
    if (this.made.has(name)) return Promise.resolve();
    let coming = this.coming.get(name);
    if (!coming) {
      coming = this.compile(kernel).finally(() => this.coming.delete(name));
      this.coming.set(name, coming);
    }
    return coming;
  }

  clear(): void {
    this.made.clear();
  }

  private async compile(kernel: Kernel): Promise<void> {
    const { device } = this;
    const { name } = kernel;
    device.pushErrorScope('validation');
    const { layout, uniforms, descriptor, explain } = this.parts(kernel);
    const compiled = device.createComputePipelineAsync(descriptor);
    const scope = device.popErrorScope();
    // What is wrong with the module says more than what is wrong with a pipeline of it.
    const [{ value: error }, result] = (await Promise.allSettled([scope, compiled])) as [
      { value?: GPUError | null },
      PromiseSettledResult<GPUComputePipeline>,
    ];
    if (error) throw new Error(`prepare: ${await explain(error)}`, { cause: error });
    if (result.status === 'rejected') {
      const { reason } = result;
      throw new Error(`prepare: ${name}: ${reason.message}`, { cause: reason });
    }
    // A call may not have waited.
    if (this.made.has(name)) return;
    this.made.add(name, { name, layout, uniforms, pipeline: result.value });
  }

  private parts(kernel: Kernel) {
    const { device } = this;
    const { name, bindings } = kernel;
    const { wgsl: code, uniforms } = kernel.emit();
    const types = ['uniform' as const, ...bindings.map(({ type }) => type)];
    const layout = device.createBindGroupLayout({
      label: name,
      entries: types.map((type, binding) => ({
        binding,
        visibility: shaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    const module = device.createShaderModule({ label: name, code });
    const descriptor: GPUComputePipelineDescriptor = {
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      // Which one may be left unsaid only where browsers are newer.
      compute: { module, entryPoint: 'main' },
    };
    const explain = async ({ message }: GPUError) => {
      // A device that is lost meanwhile does not answer.
      const where = await compilationError(module, code).catch(() => undefined);
      return `${name}: ${where ?? message}`;
    };
    return { layout, uniforms, descriptor, explain };
  }
}
