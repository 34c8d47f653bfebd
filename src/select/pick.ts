import best from '../../shaders/select/best.wgsl';
import pick from '../../shaders/select/pick.wgsl';
import type { SelectOp } from './task';

/** Picks the largest elements of a row, in order, with their values. */
export const pickOp: SelectOp = {
  name: 'pick',
  sources: [pick, best],
  // One for each quad of a tile.
  lanes: 16,
  written: ['tile_keys', 'chunk_keys', 'values_out', 'indices_out'],
  read: ['chunk_sums'],
};
