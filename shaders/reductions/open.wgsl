// Sums over the quads from `first` on begin with nothing, and end with what they
// have.

fn open_sums(first: u32, last: u32) {
  clear_sums();
}

fn end_sums() {}
