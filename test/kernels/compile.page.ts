import { createSoftmax } from '../../src/index';
import { PipelineCache } from '../../src/kernels/pipelines';
import { variantName } from '../../src/kernels/variant';
import { allVariants } from './variants';

/** Compiles every variant that the device can; what failed, in words. */
export async function compileAll(): Promise<{ compiled: number; failed: string[] }> {
  const { device } = await createSoftmax();
  const cache = new PipelineCache(device);
  const subgroups = device.features.has('subgroups');
  const failed: string[] = [];
  const variants = allVariants().filter((v) => v.lanes !== 'subgroup' || subgroups);
  for (const variant of variants) {
    device.pushErrorScope('validation');
    device.pushErrorScope('internal');
    cache.get(variant);
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    for (const error of errors) if (error) failed.push(`${variantName(variant)}: ${error.message}`);
  }
  device.destroy();
  return { compiled: variants.length, failed };
}
