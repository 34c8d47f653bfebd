// provides: finalize, rescale_to_chunk, output_quad
// requires: RowF32, ratio, one, sum_of_exp, set_fill, share_below, fill, special
//
// y = exp(t) / Σ exp(t), t = s·(x − max). The exponentials are those of the sum.

var<private> inverse: RowF32;

fn finalize(row: u32) {
  inverse = ratio(one(), sum_of_exp());
  set_fill();
}

fn rescale_to_chunk(part_max: RowF32) {
  inverse = share_below(part_max, sum_of_exp());
}

fn output_quad(quad: u32, mapped: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<f32>>(mapped) * inverse;
  if (PLAIN && plain) {
    return bitcast<vec4<u32>>(y);
  } else {
    return select(bitcast<vec4<u32>>(y), vec4<u32>(fill), special);
  }
}
