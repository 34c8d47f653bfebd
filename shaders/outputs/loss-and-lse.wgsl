fn write_row(row: u32) {
  put_loss(row, row_loss());
  put_lse(row, row_lse());
}
