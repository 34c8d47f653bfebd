import invocation from '../../shaders/select/scan-invocation.wgsl';
import workgroup from '../../shaders/select/scan-workgroup.wgsl';
import type { SelectOp } from './task';

/** Notes the largest key of each tile and chunk, and the sum of its exponentials. */
export const scanOp: SelectOp = {
  name: 'scan',
  sources: [invocation],
  shared: [workgroup],
  // One for each tile of a chunk.
  lanes: 64,
  written: ['tile_keys', 'chunk_keys', 'tile_sums', 'chunk_sums'],
  read: [],
};
