// From the row, read again.

fn writes_plain() -> bool {
  return is_plain();
}

fn write(quad: u32, plain: bool) {
  store_y(quad, result(quad, keep(element_x(quad), plain), load_v(quad), plain));
}

fn write_end(quad: u32) {
  store_end_y(quad, result(quad, keep(end_x(quad), false), load_end_v(quad), false));
}
