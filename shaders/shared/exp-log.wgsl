// exp of log-probabilities: −inf is a probability of 0; NaN and +inf are wrong.

fn exp_of_log(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  let e = exp(bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(FAR_BELOW))));
  return select(e, vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn not_a_log(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(NEG_INF));
}
