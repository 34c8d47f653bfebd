// exp of log-probabilities: −inf is a probability of 0; NaN and +inf are wrong.

fn exp_of_log(bits: vec4<u32>) -> vec4<f32> {
  return select(exp(max(finite(bits), vec4<f32>(-200.0))), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn not_a_log(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(NEG_INF));
}
