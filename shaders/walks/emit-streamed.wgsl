// Writes the row, reading it again.

fn emit(first: u32, last: u32) {
  for (var quad = first + lane; quad < last; quad += lanes()) {
    store_y(quad, result(quad, masked(load_x(quad), quad), load_v(quad)));
  }
}
