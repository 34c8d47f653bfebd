import { createEngine } from '../../src/index';
import { overlapped } from '../ops/calls';
import { allKernels } from './all-kernels';

/** Modules that wait for the compiler. */
const AT_A_TIME = 64;

/** Compiles the WGSL of every variant that the device can run; what failed, in words. */
export async function compileAll(): Promise<{ compiled: number; failed: string[] }> {
  const { device } = await createEngine();
  const subgroups = device.features.has('subgroups');
  const typed = device.features.has('shader-f16');
  const kernels = allKernels()
    .flatMap(({ name, emit }) => [
      { label: name, code: emit().wgsl },
      { label: `${name}, just joined`, code: emit(false).wgsl },
    ])
    .filter(
      ({ code }) =>
        (subgroups || !code.includes('enable subgroups;')) &&
        (typed || !code.includes('enable f16;')),
    );
  const failed: string[] = [];
  const compile = async ({ label, code }: (typeof kernels)[number]) => {
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code });
    const [{ messages }, error] = await Promise.all([
      module.getCompilationInfo(),
      device.popErrorScope(),
    ]);
    const worst = messages.filter(({ type }) => type !== 'info').map(({ message }) => message);
    if (error || worst.length > 0) failed.push(`${label}: ${error?.message ?? worst.join('\n')}`);
  };
  // Many at a time: a wait for each answer takes longer than the compiler.
  await overlapped(kernels, compile, AT_A_TIME);
  device.destroy();
  return { compiled: kernels.length, failed };
}
