// Last of three dispatches for a long row: with the row's maximum and sums
// known, every element is a map.

fn run(group: u32) {
  let row = group % params.rows;
  let chunk = params.chunk_start + group / params.rows;
  open_row(row);
  peak = stats[row].peak;
  sums = stats[row].sums;
  settle(row);
  let first = chunk * params.chunk_quads;
  emit(first, min(first + params.chunk_quads, (params.length + 3u) / 4u));
}
