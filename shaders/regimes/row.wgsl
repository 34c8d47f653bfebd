// provides: run
// requires: row_of, open_x, open_v, open_mask, open_y, begin_row, quads, scan, set_max,
//   combine_max, lane_max, accumulate, sums, combine_sums, finalize, is_extra, lane, write_row,
//   emit
//
// A group of lanes processes a whole row: it reduces the row, then writes it.

fn run(group: u32) {
  let row = row_of(group);
  open_x(row);
  open_v(row);
  open_mask(row);
  open_y(row);
  begin_row(row);
  let last = quads();
  if (HAS_MAX) {
    scan(0u, last);
    set_max(combine_max(lane_max()));
  }
  accumulate(0u, last);
  sums = combine_sums(sums);
  finalize(row);
  if (SHARES_WORKGROUP && is_extra) {
    return;
  }
  if (WRITES_ROW && lane == 0u) {
    write_row(row);
  }
  if (WRITES_Y) {
    emit(0u, last);
  }
}
