// The only dispatch for a long row of an operation without a reduction.

fn run(group: u32) {
  let row = group % params.rows;
  let chunk = params.chunk_start + group / params.rows;
  open_row(row);
  settle(row);
  let first = chunk * params.chunk_quads;
  emit(first, min(first + params.chunk_quads, (params.length + 3u) / 4u));
}
