// Query q of Q sees keys k <= q + K − Q: the last query sees them all.

fn masked(bits: vec4<u32>, mask: vec4<u32>, quad: u32) -> vec4<u32> {
  let end = causal_row % params.queries + params.length - params.queries;
  return select(vec4<u32>(NEG_INF), bits, indices(quad) <= vec4<u32>(end));
}

var<private> causal_row: RowU32;

fn open_mask(row: u32) {
  causal_row = params.row_start + rows_from(row);
}
