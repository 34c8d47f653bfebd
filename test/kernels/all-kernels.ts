import type { Kernel } from '../../src/gpu/kernel';
import { rowKernel } from '../../src/rows/kernel';
import { selectKernel } from '../../src/select/kernel';
import { standAlones } from './kernels';
import { selectVariants } from './select-variants';
import { allVariants } from './variants';

/** Every kernel, of every variant. */
export const allKernels = (): Kernel[] => [
  ...allVariants().map(rowKernel),
  ...selectVariants().map(selectKernel),
  ...standAlones,
];
