/** The uniforms that kernels may use; each has those that its code reads, in this order. */

import type { Uniform } from '../wgsl/emit';

const scalars = {
  // Where the dispatch is in the tensor.
  row_groups: 'u32',
  elements: 'u32',
  group_start: 'u32',
  group_end: 'u32',
  row_start: 'u32',
  length: 'u32',
  inner: 'u32',
  axis_start: 'u32',
  chunk_start: 'u32',
  chunk_quads: 'u32',
  chunks: 'u32',
  // Options of the operation.
  classes: 'u32',
  scale: 'f32',
  double_scale: 'f32',
  half_reach: 'f32',
  half_exp_reach: 'f32',
  empty_fill: 'u32',
  ignore_index: 'u32',
  has_ignore: 'u32',
  target_share: 'f32',
  class_share: 'f32',
  z_loss: 'f32',
  row_factor: 'u32',
  z_factor: 'u32',
  loss_grad: 'u32',
  queries: 'u32',
  mask_rank: 'u32',
  mask_step: 'u32',
  // Always 0, which no compiler knows.
  opaque_zero: 'u32',
  // Where each role's data starts in its binding, in elements.
  offset_x: 'u32',
  offset_v: 'u32',
  offset_y: 'u32',
  offset_mask: 'u32',
  offset_weights: 'u32',
  offset_class_index: 'u32',
  offset_lse: 'u32',
  offset_dlse: 'u32',
  offset_loss_grad: 'u32',
  offset_norm: 'u32',
  offset_loss: 'u32',
  offset_total: 'u32',
  // Elements from one row's value to the next.
  step_class_index: 'u32',
  step_dlse: 'u32',
  step_loss_grad: 'u32',
} as const;

const selectScalars = {
  // Where the dispatch is in the tensor.
  row_groups: 'u32',
  group_start: 'u32',
  group_end: 'u32',
  row_start: 'u32',
  length: 'u32',
  inner: 'u32',
  axis_start: 'u32',
  // The row's blocks and chunks, and how far apart two rows' are.
  blocks: 'u32',
  block_stride: 'u32',
  chunks: 'u32',
  chunk_stride: 'u32',
  // Options of the operation.
  scale: 'f32',
  double_scale: 'f32',
  half_reach: 'f32',
  half_exp_reach: 'f32',
  empty_fill: 'u32',
  logarithm: 'u32',
  round_start: 'u32',
  round_end: 'u32',
  draws: 'u32',
  seed_low: 'u32',
  seed_high: 'u32',
  row_low: 'u32',
  row_high: 'u32',
  queries: 'u32',
  mask_rank: 'u32',
  mask_step: 'u32',
  opaque_zero: 'u32',
  // The length of the results' axis, and how far apart two of a row's are.
  picks: 'u32',
  spread: 'u32',
  offset_x: 'u32',
  offset_mask: 'u32',
  offset_picked: 'u32',
  offset_values_out: 'u32',
  offset_indices_out: 'u32',
} as const;

/** Groups of row dimensions a broadcast mask may need. */
export const MASK_DIMS = 8;

export type ParamName = keyof typeof scalars | keyof typeof selectScalars;
export type Params = Partial<Record<ParamName, number>> & {
  /** Size and mask stride of each group of row dimensions, innermost first. */
  mask_dims?: readonly (readonly [size: number, stride: number])[];
};

const uniformsOf = (scalars: object): readonly Uniform[] => [
  ...(Object.entries(scalars) as Uniform[]),
  ['mask_dims', MASK_DIMS],
];

/** Of the kernels that walk rows, and of those that select. */
export const rowUniforms = uniformsOf(scalars);
export const selectUniforms = uniformsOf(selectScalars);
