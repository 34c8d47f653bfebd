// Second of three dispatches for a long row: its chunks' partial results are
// merged. The row's maximum comes first, so each chunk's sums are rescaled once.

fn run(row: u32) {
  open_row(row);
  var top = vec2<f32>(-FLT_MAX, 0.0);
  for (var chunk = lane; chunk < params.chunks; chunk += lanes()) {
    top = max(top, partials[chunk * params.rows + row].peak);
  }
  peak = combine_peak(top);

  var total = Sums();
  let stride = CHAIN * lanes();
  for (var start = lane; start < params.chunks; start += stride) {
    var chain = Sums();
    let end = min(start + stride, params.chunks);
    for (var chunk = start; chunk < end; chunk += lanes()) {
      let part = partials[chunk * params.rows + row];
      chain += rescaled(part.sums, part.peak.x);
    }
    total += chain;
  }
  sums = combine_sums(total);

  settle(row);
  if (lane == 0u) {
    stats[row] = Partial(peak, sums);
    write_row(row);
  }
}
