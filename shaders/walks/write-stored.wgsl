// From what was set aside in the result's place.

fn write(quad: u32) {
  store_y(quad, result(quad, load_y(quad), load_v(quad)));
}

fn write_end(quad: u32) {
  store_end_y(quad, result(quad, load_end_y(quad), load_end_v(quad)));
}
