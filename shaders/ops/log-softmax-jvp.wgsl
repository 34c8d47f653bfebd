// provides: term, is_invalid, output_of
// requires: exp_of_log, finite, not_a_log, is_special, sums
//
// dLogY = s·(dx − Σ exp(logY)·dx), from x: logY and v: the tangent dx.

fn term(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return exp_of_log(x) * finite(v);
}

fn is_invalid(x: vec4<u32>, v: vec4<u32>) -> vec4<bool> {
  return not_a_log(x) | is_special(v);
}

fn output_of(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * (finite(v) - sums[0]);
}
