// provides: open_x, open_v, open_y, load_v, load_end_v, begin_row, open_sums, end_sums, settle,
//   write_row
// requires: put_loss, row_loss, put_lse, row_lse
//
// What a walk calls. What no file of the kernel says otherwise about does nothing.

// Where the row's data of a role starts.
fn open_x(row: u32) {}
fn open_v(row: u32) {}
fn open_y(row: u32) {}

// Nothing is in a role that an operation lacks.
fn load_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn load_end_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

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
