// provides: run
// requires: row_of, begin_row, RowF32x2, RowF32, FLT_MAX, lane, lanes, max_pair, set_max,
//   combine_max, Sums, merged, rescaled, sums, combine_sums, finalize, is_extra, partial_of,
//   write_row
//
// Second of three dispatches for a long row: merges the partial results of its chunks.
// The row's maximum is found first, so that each chunk's sums are rescaled once.

fn run(group: u32) {
  let row = row_of(group);
  begin_row(row);
  var top = RowF32x2(RowF32(-FLT_MAX), RowF32());
  for (var chunk = lane; chunk < params.chunks; chunk += lanes) {
    top = max_pair(top, partials[chunk * params.row_groups + group].max_and_kind);
  }
  set_max(combine_max(top));

  var total = Sums();
  let stride = 8u * lanes;
  for (var start = lane; start < params.chunks; start += stride) {
    var chain = Sums();
    let end = min(start + stride, params.chunks);
    for (var chunk = start; chunk < end; chunk += lanes) {
      let part = partials[chunk * params.row_groups + group];
      chain = merged(chain, rescaled(part.sums, part.max_and_kind[0]));
    }
    total = merged(total, chain);
  }
  sums = combine_sums(total);

  finalize(row);
  if (SHARES_WORKGROUP && is_extra) {
    return;
  }
  if (lane == 0u) {
    stats[group] = partial_of(sums);
    write_row(row);
  }
}
