// What a walk calls at a row's start. What no file of the kernel says otherwise
// about does nothing, and is not in its code.

fn open_row(row: u32) {
  open_x(row);
  open_v(row);
  open_mask(row);
  open_y(row);
  begin_row(row);
}

// Where the row's data of a role starts.
fn open_x(row: u32) {}
fn open_v(row: u32) {}
fn open_mask(row: u32) {}
fn open_y(row: u32) {}

// What an operation reads of a row besides its elements.
fn begin_row(row: u32) {}

// What an operation does before and after it adds up the quads from `first` on.
fn open_sums(first: u32, last: u32) {}
fn end_sums() {}

// What follows from the sums.
fn settle(row: u32) {}

// What an operation gives of a row besides its elements.
fn write_row(row: u32) {
  if (WRITES_LOSS) {
    put_loss(row, row_loss());
  }
  if (WRITES_LSE) {
    put_lse(row, row_lse());
  }
}
