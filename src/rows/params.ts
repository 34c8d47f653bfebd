/**
 * The uniforms that kernels on logits have in common; each has those that its code reads. An operation
 * declares its own (`RowOp`).
 */

/** Groups of row dimensions a broadcast mask may need. */
export const MASK_DIMS = 8;

/** Types of the uniforms that are not u32. */
export const logitTypes = {
  scale: 'f32',
  double_scale: 'f32',
  half_reach: 'f32',
  half_exp_reach: 'f32',
  mask_dims: MASK_DIMS,
} as const;

type Where =
  // Where the dispatch is in the tensor.
  | 'row_groups'
  | 'group_start'
  | 'group_end'
  | 'row_start'
  | 'length'
  | 'inner'
  | 'axis_start'
  | 'chunk_start'
  | 'chunk_quads'
  | 'chunks';

type Options =
  | 'scale'
  | 'double_scale'
  | 'half_reach'
  | 'half_exp_reach'
  | 'empty_fill'
  | 'queries'
  | 'mask_rank'
  | 'mask_stride'
  // Always 0, which no compiler knows.
  | 'opaque_zero';

type Selection =
  // A row's tiles and chunks, and how far apart two rows' are.
  | 'tiles'
  | 'tile_stride'
  | 'chunk_stride'
  | 'logarithm'
  | 'round_start'
  | 'round_end'
  | 'chunk_first'
  | 'chunk_last'
  // Rows of all blocks, and a row's draws.
  | 'batch_rows'
  | 'draws'
  | 'seed_low'
  | 'seed_high'
  | 'row_low'
  | 'row_high'
  // The length of the results' axis, and how far apart two of a row's are.
  | 'picks'
  | 'result_stride'
  // A filter: which, what it wants, which of its dispatches; each how many
  // tiles one is read; how many keys can be listed.
  | 'filter_kind'
  | 'wanted'
  | 'widens'
  | 'share'
  | 'share_bits'
  | 'reach'
  | 'is_first'
  | 'is_last'
  | 'tile_step'
  | 'list_room';

/** Where each role's data starts in its binding, in elements, and from one row's value to the next. */
type OfRoles = `offset_${string}` | `stride_${string}`;

export type Params = Partial<Record<Where | Options | Selection | OfRoles, number>> & {
  /** Size and mask stride of each group of row dimensions, innermost first. */
  mask_dims?: readonly (readonly [size: number, stride: number])[];
};

/** Values of the uniforms that an operation declares. */
export type OwnParams = Readonly<Record<string, number>>;
