/**
 * The uniforms of every row kernel, in one struct: its WGSL text and its writer come from one list.
 */

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
  step_lse: 'u32',
  step_dlse: 'u32',
  step_loss_grad: 'u32',
} as const;

/** Groups of row dimensions a broadcast mask may need. */
export const MASK_DIMS = 8;

export type ParamName = keyof typeof scalars;
export type Params = Partial<Record<ParamName, number>> & {
  /** Size and mask stride of each group of row dimensions, innermost first. */
  mask_dims?: readonly (readonly [size: number, stride: number])[];
};

const names = Object.keys(scalars) as ParamName[];
const words = Math.ceil(names.length / 4) * 4;

export const paramsWgsl = `struct Params {
${names.map((name) => `  ${name}: ${scalars[name]},`).join('\n')}
  mask_dims: array<vec4<u32>, ${MASK_DIMS}>,
}
`;

/** The uniform buffer's content; what is not given is 0. */
export function packParams(params: Params): Uint32Array<ArrayBuffer> {
  const data = new Uint32Array(words + 4 * MASK_DIMS);
  const floats = new Float32Array(data.buffer);
  names.forEach((name, i) => {
    (scalars[name] === 'f32' ? floats : data)[i] = params[name] ?? 0;
  });
  params.mask_dims?.forEach(([size, stride], d) => {
    data.set([size, stride], words + 4 * d);
  });
  return data;
}
