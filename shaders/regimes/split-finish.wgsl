// provides: run
// requires: row_of, open_x, open_v, open_mask, open_y, begin_row, set_max, sums, finalize,
//   rescale_to_chunk, restore_min, is_extra, emit, quads
//
// Last of three dispatches for a long row: with the row's maximum and sums known, the
// output is an element-wise map.

fn run(group: u32) {
  let row_group = group % params.row_groups;
  let chunk = params.chunk_start + group / params.row_groups;
  let row = row_of(row_group);
  open_x(row);
  open_v(row);
  open_mask(row);
  open_y(row);
  begin_row(row);
  set_max(stats[row_group].max_and_kind);
  sums = stats[row_group].sums;
  finalize(row);
  let partial = chunk * params.row_groups + row_group;
  if (STORED) {
    // The chunk's exponentials are relative to its own maximum.
    rescale_to_chunk(partials[partial].max_and_kind[0]);
  }
  if (PLAIN && !STORED) {
    // The chunk's lowest logit decides whether guards are needed.
    restore_min(partials[partial].lowest);
  }
  let first = chunk * params.chunk_quads;
  if (SHARES_WORKGROUP && is_extra) {
    return;
  }
  if (WRITES_Y) {
    emit(first, min(first + params.chunk_quads, quads()));
  }
}
