// provides: term, is_invalid, output_of
// requires: finite, not_a_log, is_special, exp_of_log, sums
//
// dx = s·(dLogY − exp(logY)·Σ dLogY), from x: logY and v: dLogY.

fn term(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return finite(v);
}

fn is_invalid(x: vec4<u32>, v: vec4<u32>) -> vec4<bool> {
  return not_a_log(x) | is_special(v);
}

fn output_of(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * (finite(v) - exp_of_log(x) * sums[0]);
}
