// The target is looked for in every quad, where lanes share a row or it is short.

fn open_sums(first: u32, last: u32) {
  clear_sums();
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  let is_target = indices(quad) == vec4<u32>(target_index);
  add_exps(select(bitcast<vec4<f32>>(kept), vec4<f32>(), is_target));
  target_bits |= select(vec4<u32>(), x, is_target);
}
