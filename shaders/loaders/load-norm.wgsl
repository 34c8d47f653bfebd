// The reduction's factors f and f_z, the same for all rows.

fn value_norm(which: u32) -> RowU32 {
  return RowU32(norm[params.offset_norm + which]);
}
