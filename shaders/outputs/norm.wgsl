// f = 1 / Σ w and f_z = 1 / count; NaN where there is nothing to take the mean of.

fn write_row(row: u32) {
  put_norm(0u, inverse_or_nan(sums[0]));
  put_norm(1u, inverse_or_nan(sums[1]));
}

fn inverse_or_nan(sum: RowF32) -> RowU32 {
  return select(bitcast<RowU32>(1.0 / sum), RowU32(NAN), sum == RowF32());
}
