// Writes a row that is not in registers; where a quad comes from, and which rows
// are plain, `write` knows. The loops are those of `streamed`.

fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  var plain_end = whole;
  if (PLAIN && !writes_plain()) {
    plain_end = 0u;
  }
  for (; ALONE && IN_PAIRS && quad + step < plain_end; quad += 2u * step) {
    write(quad, PLAIN);
    write(quad + step, PLAIN);
  }
  for (; ALONE && !IN_PAIRS && quad + 3u * step < plain_end; quad += 4u * step) {
    write(quad, PLAIN);
    write(quad + step, PLAIN);
    write(quad + 2u * step, PLAIN);
    write(quad + 3u * step, PLAIN);
  }
  for (; PLAIN && quad + step < whole; quad += 2u * step) {
    write(quad, false);
    write(quad + step, false);
  }
  for (; quad < whole; quad += step) {
    write(quad, false);
  }
  if (RAGGED && quad < last) {
    write_end(quad);
  }
}
