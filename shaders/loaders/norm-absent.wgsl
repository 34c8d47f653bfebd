// The reduction's factors f and f_z are known before the kernel runs.

fn value_norm(which: u32) -> RowU32 {
  return RowU32(select(params.row_factor, params.z_factor, which == 1u));
}
