// provides: add_quad, write_row
// requires: indices, class_weights_at, chain, finite, is_special, put_norm, sums, RowF32,
//   RowU32, NAN
//
// 'mean' over class indices: Σ w[target] and the number of valid rows, from x:
// the targets as one row. A non-finite weight makes only its own row NaN, so it is
// left out here.

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  let ignored = (x == vec4<u32>(params.ignore_index)) & vec4<bool>(params.has_ignore != 0u);
  let counts = !ignored & (x < vec4<u32>(params.classes)) & (indices(quad) < vec4<u32>(params.length));
  let weight = class_weights_at(x);
  chain[0] += select(vec4<f32>(), finite(weight), counts & !is_special(weight));
  chain[1] += select(vec4<f32>(), vec4<f32>(1.0), counts);
}

// f = 1 / Σ w and f_z = 1 / count; NaN for a mean over nothing.
fn write_row(row: u32) {
  put_norm(0u, inverse_or_nan(sums[0]));
  put_norm(1u, inverse_or_nan(sums[1]));
}

fn inverse_or_nan(sum: RowF32) -> RowU32 {
  return select(bitcast<RowU32>(1.0 / sum), RowU32(NAN), sum == RowF32());
}
