// Last of three dispatches for a long row: with the row's maximum and sums
// known, every element is a map.

fn run(group: u32) {
  let row_group = group % params.row_groups;
  let chunk = params.chunk_start + group / params.row_groups;
  let row = row_of(row_group);
  open_row(row);
  set_peak(stats[row_group].peak);
  sums = stats[row_group].sums;
  settle(row);
  refold(chunk * params.row_groups + row_group);
  let first = chunk * params.chunk_quads;
  emit(first, min(first + params.chunk_quads, quads()));
}
