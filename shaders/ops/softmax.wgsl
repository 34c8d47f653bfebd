// y = exp(t) / Σ exp(t), t = s·(x − max).

var<private> inverse: f32;
var<private> special: bool;
var<private> fill: u32;

fn begin_row(row: u32) {}

fn settle(row: u32) {
  inverse = 1.0 / sums;
  special = peak.y != FINITE;
  fill = select(NAN, params.empty_fill, peak.y == EMPTY);
}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(exp_below_peak(x) * inverse), vec4<u32>(fill), special);
}
