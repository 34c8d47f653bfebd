// provides: begin_target, target_of, add_target_quad, target_is_special
// requires: row_state, RowU32, KEPT, finite, class_weights, indices, is_special
//
// Targets given as probabilities y: t′ = w·((1 − ε)·y + ε / K).

fn begin_target(row: u32) {
  row_state = RowU32(KEPT);
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  let t = finite(class_weights(quad)) * (params.target_share * finite(v) + params.class_share);
  return select(vec4<f32>(), t, indices(quad) < vec4<u32>(params.length));
}

// The part of t′ that the sums accumulate: all of it.
fn add_target_quad(quad: u32, v: vec4<u32>, quarter: vec4<f32>) -> vec4<f32> {
  return target_of(quad, v);
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(v) | is_special(class_weights(quad));
}
