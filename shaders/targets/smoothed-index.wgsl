// A class index with label smoothing: t′ = w·((1 − ε)·[k is the target] + ε / K).

fn begin_target(row: u32) {
  read_target(row);
}

// The part of t′ that is the target's own, and the part that every class has.
fn own_part(quad: u32) -> vec4<f32> {
  return part_where(indices(quad) == vec4<u32>(target_index), quad, params.target_share);
}

fn class_part(quad: u32) -> vec4<f32> {
  return part_where(indices(quad) < vec4<u32>(params.length), quad, params.class_share);
}

fn part_where(has: vec4<bool>, quad: u32, share: f32) -> vec4<f32> {
  return select(vec4<f32>(), finite(class_weights(quad)) * share, has);
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  return own_part(quad) + class_part(quad);
}

// The target's own part is kept apart until the end: beside it in a chain, the
// equal parts of the others would all be rounded the same way.
var<private> own: mat2x4<f32>;

fn join_target(quad: u32, v: vec4<u32>, quarter: vec4<f32>) -> vec4<f32> {
  let t = own_part(quad);
  own += mat2x4<f32>(t * quarter, t);
  return class_part(quad);
}

fn open_sums(first: u32, last: u32) {
  clear_sums();
  own = mat2x4<f32>();
}

// A chain and a block of its own.
fn end_sums() {
  add_targets(own[0], own[1], vec4<f32>());
  close_chain(true);
  close_block(true);
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(class_weights(quad));
}
