// y = t − log Σ exp(t), t = s·(x − max).

var<private> log_sum: f32;
var<private> special: bool;
var<private> fill: u32;

fn begin_row(row: u32) {}

fn settle(row: u32) {
  log_sum = log_accurate(max(sums, 1.0));
  special = peak.y != FINITE;
  fill = select(NAN, params.empty_fill, peak.y == EMPTY);
}

// Finite logits give finite results: a difference, or s times it, that would go
// below −FLT_MAX stops there.
fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  let t = below_peak_quad(finite(x), params.half_reach);
  let y = select(bitcast<vec4<u32>>(t - log_sum), vec4<u32>(NEG_INF), x == vec4<u32>(NEG_INF));
  return select(y, vec4<u32>(fill), special);
}
