// The reduction's factors f and f_z, the same for all rows: worked out by a kernel
// before, or known to the host.

fn value_norm(which: u32) -> RowU32 {
  if (READS_NORM) {
    return RowU32(norm[params.offset_norm + which]);
  } else {
    return RowU32(select(params.row_factor, params.z_factor, which == 1u));
  }
}
