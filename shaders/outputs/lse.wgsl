fn write_row(row: u32) {
  put_lse(row, row_lse());
}
