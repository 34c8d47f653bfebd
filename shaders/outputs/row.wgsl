// What an operation gives of a row besides its elements.

fn write_row(row: u32) {
  if (WRITES_LOSS) {
    put_loss(row, row_loss());
  }
  if (WRITES_LSE) {
    put_lse(row, row_lse());
  }
}
