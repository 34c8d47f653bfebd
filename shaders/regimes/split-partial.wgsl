// provides: run
// requires: row_of, open_x, open_v, open_mask, open_y, begin_row, quads, scan, set_max,
//   combine_max, lane_max, accumulate, sums, combine_sums, is_extra, lane, partial_of
//
// First of three dispatches for a long row: a group of lanes reduces one chunk. Chunks
// are numbered from the row's start, so a row is split at the same places whatever else
// is in the batch.

fn run(group: u32) {
  let row_group = group % params.row_groups;
  let chunk = params.chunk_start + group / params.row_groups;
  let row = row_of(row_group);
  open_x(row);
  open_v(row);
  open_mask(row);
  open_y(row);
  begin_row(row);
  let first = chunk * params.chunk_quads;
  let last = min(first + params.chunk_quads, quads());
  if (HAS_MAX) {
    scan(first, last);
    set_max(combine_max(lane_max()));
  }
  accumulate(first, last);
  sums = combine_sums(sums);
  if (SHARES_WORKGROUP && is_extra) {
    return;
  }
  if (lane == 0u) {
    partials[chunk * params.row_groups + row_group] = partial_of(sums);
  }
}
