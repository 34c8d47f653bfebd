// Each element's share of its row, exp(t) / Σ exp(t), t = s·(x − max). The
// exponential is kept from the sum.

var<private> inverse: RowF32;
var<private> special: RowBool;
var<private> fill: RowU32;

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_of_logit(x, plain));
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  add_exps(bitcast<vec4<f32>>(kept));
}

fn settle_shares() {
  inverse = ratio(one(), sum_of_exp());
  special = peak[1] != RowF32(FINITE);
  fill = select(RowU32(NAN), RowU32(params.empty_fill), peak[1] == RowF32(EMPTY));
}

fn fold(part_peak: RowF32) {
  inverse = share_below(part_peak, sum_of_exp());
}

fn shares(kept: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(kept) * inverse;
}
