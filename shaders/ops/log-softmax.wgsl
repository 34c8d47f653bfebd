// provides: finalize, output_quad
// requires: RowF32, log_of, sum_of_exp, set_fill, finite, NEG_INF, fill, special, row_max
//
// y = t − log Σ exp(t), t = s·(x − max).

var<private> log_sum: RowF32;

fn finalize(row: u32) {
  log_sum = log_of(sum_of_exp());
  set_fill();
}

// Finite logits give finite results: a difference, or s times it, saturates at −FLT_MAX.
fn output_quad(quad: u32, x: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  if (PLAIN && plain) {
    return bitcast<vec4<u32>>(plain_below_max(bitcast<vec4<f32>>(x)) - log_sum);
  }
  let t = below_max_quad(finite(x), params.half_reach);
  let y = select(bitcast<vec4<u32>>(t - log_sum), vec4<u32>(NEG_INF), x == vec4<u32>(NEG_INF));
  return select(y, vec4<u32>(fill), special);
}

// Differences are not positive, so the greater of two has the smaller bits.
fn below_max_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  let half = bitcast<vec4<u32>>(0.5 * x - 0.5 * row_max);
  return params.double_scale * bitcast<vec4<f32>>(min(half, vec4<u32>(bitcast<u32>(-half_reach))));
}

// The same bits in a row that needs no guards.
fn plain_below_max(x: vec4<f32>) -> vec4<f32> {
  return params.double_scale * (0.5 * x - 0.5 * row_max);
}
