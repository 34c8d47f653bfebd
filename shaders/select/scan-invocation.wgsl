// First dispatch, where invocations walk alone: each takes a chunk of a row, block
// by block.

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  open_row(row);
  let first = chunk * CHUNK_BLOCKS;
  let last = min(first + CHUNK_BLOCKS, params.block_stride);
  var top = EMPTY_KEY;
  for (var block = first; block < last; block++) {
    let key = scan_block(block);
    block_keys[row * params.block_stride + block] = key;
    keep_block_sum(row, block, key);
    top = max(top, key);
  }
  keep_chunk(row, chunk, top);
  if (chunk + 1u == params.chunks) {
    for (var pad = params.chunks; pad < params.chunk_stride; pad++) {
      chunk_keys[row * params.chunk_stride + pad] = EMPTY_KEY;
    }
  }
}

fn scan_block(block: u32) -> i32 {
  var quad = block * BLOCK_QUADS;
  let last = min(quad + BLOCK_QUADS, quads());
  if (quad >= last) {
    return EMPTY_KEY;
  }
  clear_peak();
  let whole = min(last, whole_quads());
  for (; quad + 3u < whole; quad += 4u) {
    see(element_x(quad));
    see(element_x(quad + 1u));
    see(element_x(quad + 2u));
    see(element_x(quad + 3u));
  }
  for (; quad < last; quad++) {
    see(element_quad(quad));
  }
  return largest_key();
}
