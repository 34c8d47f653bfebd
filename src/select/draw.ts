import choice from '../../shaders/select/choice.wgsl';
import cut from '../../shaders/select/cut.wgsl';
import draw from '../../shaders/select/draw.wgsl';
import philox from '../../shaders/select/philox.wgsl';
import wide from '../../shaders/select/wide.wgsl';
import type { SelectOp } from './task';

/** Draws elements of a row by their probabilities. */
export const drawOp: SelectOp = {
  name: 'draw',
  sources: [draw, cut, choice, wide, philox],
  written: ['row_numbers', 'indices_out'],
  read: ['tile_keys', 'chunk_keys', 'tile_sums', 'chunk_sums', 'cuts', 'picked'],
};
