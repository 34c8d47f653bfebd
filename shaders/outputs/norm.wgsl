// f = 1 / Σ w and f_z = 1 / count; NaN where there is nothing to take the mean of.

fn write_row(row: u32) {
  put_norm(0u, inverse_or_nan(sums.x));
  put_norm(1u, inverse_or_nan(sums.y));
}

fn inverse_or_nan(sum: f32) -> u32 {
  return select(bitcast<u32>(1.0 / sum), NAN, sum == 0.0);
}
