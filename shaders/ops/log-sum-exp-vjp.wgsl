// provides: finalize, rescale_to_chunk, output_quad
// requires: RowF32, ratio, one, sum_of_exp, set_fill, value_dlse, finite_row, fill, RowU32,
//   NAN, is_special_row, special, share_below
//
// dx = s·y·dLse, y = exp(t) / Σ exp(t), t = s·(x − max), with one dLse per row.

var<private> inverse: RowF32;
var<private> gradient: RowF32;

fn finalize(row: u32) {
  inverse = ratio(one(), sum_of_exp());
  set_fill();
  let bits = value_dlse(row);
  gradient = finite_row(bits);
  fill = select(fill, RowU32(NAN), is_special_row(bits));
  special |= is_special_row(bits);
}

fn rescale_to_chunk(part_max: RowF32) {
  inverse = share_below(part_max, sum_of_exp());
}

// No fast path: dLse may be non-finite even where the logits need no guards.
fn output_quad(quad: u32, mapped: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let dx = params.scale * (bitcast<vec4<f32>>(mapped) * inverse * gradient);
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}
