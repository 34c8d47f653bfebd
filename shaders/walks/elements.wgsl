// provides: element_x, tail_x, padded_x, with_mask, open_mask
// requires: load_x, load_tail_x, quads, load_padded_x, NEG_INF, indices, finite, FLT_MAX,
//   is_special, MAGNITUDE, POS_INF, NAN, RowU32, rows_from
//
// A quad of the row as the operation sees it: with the mask applied, padded past the end.

fn element_x(quad: u32) -> vec4<u32> {
  return masked(load_x(quad), load_mask(quad), quad);
}

fn tail_x(quad: u32) -> vec4<u32> {
  return masked(load_tail_x(quad), load_padded_mask(quad, quads()), quad);
}

fn padded_x(quad: u32, last: u32) -> vec4<u32> {
  return masked(load_padded_x(quad, last), load_padded_mask(quad, last), quad);
}

fn masked(bits: vec4<u32>, mask: vec4<u32>, quad: u32) -> vec4<u32> {
  if (ADDITIVE) {
    return with_mask(bits, mask);
  } else {
    if (HAS_MASK) {
      return select(vec4<u32>(NEG_INF), bits, is_kept(mask, quad));
    } else {
      return bits;
    }
  }
}

// A u32 mask: nonzero keeps an element, zero makes it −inf, whatever it was. CAUSAL:
// query q of Q attends to keys k <= q + K − Q, the last query to all keys.
fn is_kept(mask: vec4<u32>, quad: u32) -> vec4<bool> {
  if (CAUSAL) {
    let end = causal_row % params.queries + params.length - params.queries;
    return indices(quad) <= vec4<u32>(end);
  } else {
    return mask != vec4<u32>();
  }
}

// x + mask on bits. Finite sums saturate at ±FLT_MAX; otherwise as in IEEE 754: NaN
// wins, opposite infinities give NaN, an infinity wins.
fn with_mask(bits: vec4<u32>, mask: vec4<u32>) -> vec4<u32> {
  let x = finite(bits);
  let highest = vec4<f32>(FLT_MAX) - max(x, vec4<f32>());
  let lowest = vec4<f32>(-FLT_MAX) - min(x, vec4<f32>());
  let sum = bitcast<vec4<u32>>(x + clamp(finite(mask), lowest, highest));

  let x_special = is_special(bits);
  let mask_special = is_special(mask);
  let clash = (x_special & mask_special & (bits != mask))
    | ((bits & vec4<u32>(MAGNITUDE)) > vec4<u32>(POS_INF))
    | ((mask & vec4<u32>(MAGNITUDE)) > vec4<u32>(POS_INF));
  let either = select(mask, bits, x_special);
  return select(select(sum, either, x_special | mask_special), vec4<u32>(NAN), clash);
}

var<private> causal_row: RowU32;
var<private> base_mask: RowU32;

// A mask broadcast over the tensor: `mask_dims` holds the size and the mask's stride of
// each group of row dimensions, innermost first (stride 0 where the mask is broadcast);
// `mask_stride` is its stride along the axis.
fn open_mask(row: u32) {
  if (CAUSAL) {
    causal_row = params.row_start + rows_from(row);
  }
  if (BROADCAST) {
    base_mask = RowU32(params.offset_mask);
    var left = params.row_start + rows_from(row);
    for (var d = 0u; d < params.mask_rank; d++) {
      let dim = params.mask_dims[d];
      base_mask += (left % dim.x) * dim.y;
      left /= dim.x;
    }
  }
}

fn load_mask(quad: u32) -> vec4<u32> {
  return mask_at(indices(quad));
}

// Past the row's end a mask is 0, so that nothing there is special.
fn load_padded_mask(quad: u32, last: u32) -> vec4<u32> {
  let k = indices(quad);
  let bits = mask_at(min(k, vec4<u32>(params.length - 1u)));
  return select(vec4<u32>(), bits, k < vec4<u32>(params.length));
}

// A broadcast mask of four elements. As BITS it has 32 in a word, the first in the lowest bit:
// four neighbours are in one.
fn mask_at(k: vec4<u32>) -> vec4<u32> {
  if (BITS && !COLUMNS && !DEALT) {
    let word = mask[base_mask + k.x / 32u * params.mask_stride];
    return vec4<u32>(word >> (k.x % 32u)) & vec4<u32>(1u, 2u, 4u, 8u);
  }
  if (BITS) {
    return words_at(k / 32u) & (vec4<u32>(1u) << (k % 32u));
  } else {
    return words_at(k);
  }
}

fn words_at(k: vec4<u32>) -> vec4<u32> {
  if (BROADCAST) {
    let at = base_mask + k * params.mask_stride;
    return vec4<u32>(mask[at.x], mask[at.y], mask[at.z], mask[at.w]);
  } else {
    return vec4<u32>();
  }
}
