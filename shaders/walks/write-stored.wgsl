// From what was set aside in the result's place.

// Exponentials are behind their guards; what is left to guard is the rows' kind.
fn writes_plain() -> bool {
  return finite_rows();
}

fn write(quad: u32, plain: bool) {
  store_y(quad, result(quad, load_y(quad), load_v(quad), plain));
}

fn write_end(quad: u32) {
  store_end_y(quad, result(quad, load_end_y(quad), load_end_v(quad), false));
}
