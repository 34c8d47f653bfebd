// The only dispatch for a long row of an operation without a reduction.

fn run(group: u32) {
  let row = row_of(group % params.row_groups);
  let chunk = params.chunk_start + group / params.row_groups;
  open_row(row);
  settle(row);
  let first = chunk * params.chunk_quads;
  if (EMITS) {
    emit(first, min(first + params.chunk_quads, quads()));
  }
}
