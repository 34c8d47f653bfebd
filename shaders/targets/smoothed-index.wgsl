// provides: begin_target, target_of, add_target_quad, open_sums, end_sums, target_is_special
// requires: read_target, indices, target_index, finite, class_weights, add_target, sum_of,
//   is_special
//
// A class index with label smoothing: t′ = w·((1 − ε)·[k is the target] + ε / K).

fn begin_target(row: u32) {
  read_target(row);
}

// The part of t′ at the target alone, before weights.
fn own_part(quad: u32) -> vec4<f32> {
  let own = indices(quad) == vec4<u32>(target_index);
  return select(vec4<f32>(), vec4<f32>(params.target_share), own);
}

fn weighted(quad: u32, share: vec4<f32>) -> vec4<f32> {
  let t = finite(class_weights(quad)) * share;
  return select(vec4<f32>(), t, indices(quad) < vec4<u32>(params.length));
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  return weighted(quad, own_part(quad) + params.class_share);
}

// The target's own part is accumulated separately until the end: next to it in a chain,
// the equal parts of the other classes would all be rounded the same way.
var<private> own: mat2x4<f32>;

fn add_target_quad(quad: u32, v: vec4<u32>, quarter: vec4<f32>) -> vec4<f32> {
  let t = weighted(quad, own_part(quad));
  own += mat2x4<f32>(t * quarter, t);
  return weighted(quad, vec4<f32>(params.class_share));
}

fn open_sums(first: u32, last: u32) {
  own = mat2x4<f32>();
}

fn end_sums() {
  add_target(sum_of(own[0]), sum_of(own[1]));
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(class_weights(quad));
}
