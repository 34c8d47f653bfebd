// A group of lanes takes one whole row: reduce it, then write it.

fn run(row: u32) {
  open_row(row);
  let quads = (params.length + 3u) / 4u;
  if (HAS_PEAK) {
    scan(0u, quads);
    peak = combine_peak(lane_peak());
  }
  if (HAS_SUMS) {
    accumulate(0u, quads);
    sums = combine_sums(sums);
  }
  settle(row);
  if (lane == 0u) {
    write_row(row);
  }
  emit(0u, quads);
}
