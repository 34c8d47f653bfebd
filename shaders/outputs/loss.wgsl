fn write_row(row: u32) {
  put_loss(row, row_loss());
}
