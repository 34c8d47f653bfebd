// provides: open_x, open_v, open_y, load_v, load_tail_v, begin_row, open_sums, end_sums,
//   finalize, write_row
// requires: put_loss, row_loss, put_lse, row_lse
//
// The functions that a walk calls, as no-ops: used where no other file of the kernel
// defines them.

// Locates a role's data of the row.
fn open_x(row: u32) {}
fn open_v(row: u32) {}
fn open_y(row: u32) {}

// A role that the operation lacks reads as 0.
fn load_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn load_tail_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

// Reads the row's inputs besides its elements.
fn begin_row(row: u32) {}

// Called before and after the quads from `first` to `last` are accumulated.
fn open_sums(first: u32, last: u32) {}
fn end_sums() {}

// Computes per-row values from the sums.
fn finalize(row: u32) {}

// Writes the row's outputs besides its elements.
fn write_row(row: u32) {
  if (WRITES_LOSS) {
    put_loss(row, row_loss());
  }
  if (WRITES_LSE) {
    put_lse(row, row_lse());
  }
}
