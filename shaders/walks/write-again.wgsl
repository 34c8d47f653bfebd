// From the row, read again.

fn write(quad: u32) {
  store_y(quad, result(quad, keep(element_x(quad)), load_v(quad)));
}

fn write_end(quad: u32) {
  store_end_y(quad, result(quad, keep(end_x(quad)), load_end_v(quad)));
}
