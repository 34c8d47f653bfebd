import choice from '../../shaders/select/choice.wgsl';
import draw from '../../shaders/select/draw.wgsl';
import philox from '../../shaders/select/philox.wgsl';
import type { SelectOp } from './task';

/** Draws elements of a row by their probabilities. */
export const drawOp: SelectOp = { name: 'draw', sources: [draw, choice, philox] };
