// First of three dispatches for a long row: a group of lanes reduces one chunk
// of it. Chunks are numbered from the row's start, so a row is cut at the same
// places whatever else is in the batch.

fn run(group: u32) {
  let row = group % params.rows;
  let chunk = params.chunk_start + group / params.rows;
  open_row(row);
  let first = chunk * params.chunk_quads;
  let last = min(first + params.chunk_quads, (params.length + 3u) / 4u);
  if (HAS_PEAK) {
    scan(first, last);
    peak = combine_peak(lane_peak());
  }
  accumulate(first, last);
  sums = combine_sums(sums);
  if (lane == 0u) {
    partials[chunk * params.rows + row] = Partial(peak, sums);
  }
}
