// A mask broadcast over the tensor: `mask_dims` holds, innermost first, the
// size and the mask's stride of each group of row dimensions (stride 0 where it
// is broadcast); `mask_step` is its stride along the axis.

var<private> base_mask: RowU32;

fn open_mask(row: u32) {
  base_mask = RowU32(params.offset_mask);
  var rest = params.row_start + rows_from(row);
  for (var d = 0u; d < params.mask_rank; d++) {
    let dim = params.mask_dims[d];
    base_mask += (rest % dim.x) * dim.y;
    rest /= dim.x;
  }
}

fn load_mask(quad: u32) -> vec4<u32> {
  let at = base_mask + indices(quad) * params.mask_step;
  return vec4<u32>(mask[at.x], mask[at.y], mask[at.z], mask[at.w]);
}

// Past the row's end a mask is 0, so that nothing there is special.
fn load_end_mask(quad: u32) -> vec4<u32> {
  let k = indices(quad);
  let at = base_mask + min(k, vec4<u32>(params.length - 1u)) * params.mask_step;
  let bits = vec4<u32>(mask[at.x], mask[at.y], mask[at.z], mask[at.w]);
  return select(vec4<u32>(), bits, k < vec4<u32>(params.length));
}
