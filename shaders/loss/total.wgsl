// provides: add_quad, write_row
// requires: chain, finite, is_special, POS_INF, FLT_MAX, sums, put_total, NAN, is_special_row,
//   norm_factor
//
// The sum of the rows' losses, from x: the losses as one row. NaN wins, then +inf.
// A mean over nothing (a NaN factor) is NaN.

// Losses are scaled by 2⁻²⁴ before they are added, so that their sum cannot overflow.
const SHARE = 0x1p-24f;

// Σ · SHARE, the number of infinite losses, and the number of NaNs.
fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  chain[0] += select(SHARE * finite(x), vec4<f32>(), is_special(x));
  chain[1] += select(vec4<f32>(), vec4<f32>(1.0), x == vec4<u32>(POS_INF));
  chain[2] += select(vec4<f32>(), vec4<f32>(1.0), not_a_loss(x));
}

fn not_a_loss(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(POS_INF));
}

fn write_row(row: u32) {
  let most = FLT_MAX * SHARE;
  let total = clamp(sums[0], -most, most) / SHARE;
  let bits = select(bitcast<u32>(total), POS_INF, sums[1] > 0.0);
  put_total(row, select(bits, NAN, sums[2] > 0.0 || is_special_row(norm_factor(0u))));
}
