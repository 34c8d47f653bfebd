import { createEngine } from '../../src/index';
import { compose } from '../../src/rows/compose';
import { variantName } from '../../src/rows/variant';
import { selectVariants } from './select-variants';
import { allVariants } from './variants';

/** Compiles the WGSL of every variant that the device can run; what failed, in words. */
export async function compileAll(): Promise<{ compiled: number; failed: string[] }> {
  const { device } = await createEngine();
  const subgroups = device.features.has('subgroups');
  const typed = device.features.has('shader-f16');
  const variants = [...allVariants(), ...selectVariants()].filter(
    (v) =>
      (v.lanes !== 'subgroup' || subgroups) &&
      (typed || !('halfConversion' in v) || v.halfConversion !== 'typed'),
  );
  const failed: string[] = [];
  for (const variant of variants) {
    const label = variantName(variant);
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code: compose(variant).wgsl });
    const { messages } = await module.getCompilationInfo();
    const error = await device.popErrorScope();
    const worst = messages.filter(({ type }) => type !== 'info').map(({ message }) => message);
    if (error || worst.length > 0) failed.push(`${label}: ${error?.message ?? worst.join('\n')}`);
  }
  device.destroy();
  return { compiled: variants.length, failed };
}
