// What becomes of a sum of products: a bias is added, or what is there already.
fn finished(sum: f32, at: u32, j: u32) -> f32 {
  var value = sum;
  if (params.has_bias == 1u) {
    value += bias[params.bias_offset + j];
  }
  if (params.accumulate == 1u) {
    value += c[at];
  }
  return value;
}
