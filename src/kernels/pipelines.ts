import { bindingsOf, compose } from './compose';
import { type Variant, variantName } from './variant';

export interface Pipeline {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Compiles each variant once per device. */
export class PipelineCache {
  private readonly pipelines = new Map<string, Pipeline>();

  constructor(private readonly device: GPUDevice) {}

  get(variant: Variant): Pipeline {
    const name = variantName(variant);
    let found = this.pipelines.get(name);
    if (!found) {
      found = this.compile(name, variant);
      this.pipelines.set(name, found);
    }
    return found;
  }

  private compile(name: string, variant: Variant): Pipeline {
    const { device } = this;
    const layout = device.createBindGroupLayout({
      label: name,
      entries: bindingsOf(variant).map(({ type }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    const pipeline = device.createComputePipeline({
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: name, code: compose(variant) }) },
    });
    return { name, pipeline, layout };
  }
}
