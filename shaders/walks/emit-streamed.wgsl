// Writes a row that is not in registers; where a quad comes from, `write` knows.

fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  for (; ALONE && quad + 3u * step < whole; quad += 4u * step) {
    write(quad);
    write(quad + step);
    write(quad + 2u * step);
    write(quad + 3u * step);
  }
  for (; quad < whole; quad += step) {
    write(quad);
  }
  if (RAGGED && quad < last) {
    write_end(quad);
  }
}
