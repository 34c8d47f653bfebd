// An invocation that walks alone takes the quad that holds the target before the
// others: then of each quad only its number must be looked at, not each of its
// elements.

var<private> target_quad: RowU32;

fn open_sums(first: u32, last: u32) {
  clear_sums();
  target_quad = quad_of(target_index);
  let inside = (target_quad >= RowU32(first)) & (target_quad < RowU32(last));
  let x = quad_at(clamp(target_quad, RowU32(first), RowU32(last - 1u)));
  let is_target = is_place_of(target_index);
  let others = vec4<bool>(inside) & !is_target;
  add_exps(select(vec4<f32>(), exp_of_logit(x, false), others));
  target_bits = select(vec4<u32>(), x, vec4<bool>(inside) & is_target);
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  let taken = RowU32(quad) == target_quad;
  let rest = select(RowU32(0xffffffffu), RowU32(), taken);
  add_exps(bitcast<vec4<f32>>(kept & vec4<u32>(rest)));
}
