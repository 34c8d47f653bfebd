// provides: settle, fold, result
// requires: RowF32, ratio, one, sum_of_exp, set_fill, share_below, fill, special
//
// y = exp(t) / Σ exp(t), t = s·(x − max). The exponential is kept from the sum.

var<private> inverse: RowF32;

fn settle(row: u32) {
  inverse = ratio(one(), sum_of_exp());
  set_fill();
}

fn fold(part_peak: RowF32) {
  inverse = share_below(part_peak, sum_of_exp());
}

fn result(quad: u32, kept: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<f32>>(kept) * inverse;
  if (PLAIN && plain) {
    return bitcast<vec4<u32>>(y);
  } else {
    return select(bitcast<vec4<u32>>(y), vec4<u32>(fill), special);
  }
}
