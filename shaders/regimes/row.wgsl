// A group of lanes takes whole rows: reduce them, then write them.

fn run(group: u32) {
  let row = row_of(group);
  open_row(row);
  if (HAS_PEAK) {
    scan(0u, quads());
    set_peak(combine_peak(lane_peak()));
  }
  accumulate(0u, quads());
  sums = combine_sums(sums);
  settle(row);
  if (WRITES_ROW && lane == 0u) {
    write_row(row);
  }
  if (WRITES_Y) {
    emit(0u, quads());
  }
}
