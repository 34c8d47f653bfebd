// Sums over the quads from `first` on begin with nothing.

fn open_sums(first: u32, last: u32) {
  clear_sums();
}
