// Writes the row from what was set aside in its place.

fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  for (; quad + 3u * step < whole; quad += 4u * step) {
    write(quad);
    write(quad + step);
    write(quad + 2u * step);
    write(quad + 3u * step);
  }
  for (; quad < whole; quad += step) {
    write(quad);
  }
  if (RAGGED && quad < last) {
    store_end_y(quad, result(quad, load_end_y(quad), load_end_v(quad)));
  }
}

fn write(quad: u32) {
  store_y(quad, result(quad, load_y(quad), load_v(quad)));
}
