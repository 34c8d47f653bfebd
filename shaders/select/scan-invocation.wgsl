// provides: run
// requires: open_x, open_mask, CHUNK_BLOCKS, EMPTY_KEY, set_top, sum_of_block, BLOCK_QUADS,
//   quads, clear_max, whole_quads, update_max, element_x, element_quad, largest_key, share,
//   float_of, ChunkSum, row_max
//
// First dispatch, one invocation per chunk: it goes through the chunk block by block and
// stores the largest key of each block and, with SUMS, the block's sum of exponentials.

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  open_x(row);
  open_mask(row);
  let first = chunk * CHUNK_BLOCKS;
  let last = min(first + CHUNK_BLOCKS, params.block_stride);
  var top = EMPTY_KEY;
  for (var block = first; block < last; block++) {
    let key = scan_block(block);
    block_keys[row * params.block_stride + block] = key;
    if (SUMS) {
      set_top(key);
      block_sums[row * params.block_stride + block] = sum_of_block(block * BLOCK_QUADS);
    }
    top = max(top, key);
  }
  chunk_keys[row * params.chunk_stride + chunk] = top;
  if (SUMS) {
    keep_chunk_sum(row, chunk, top);
  }
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
  clear_max();
  let whole = min(last, whole_quads());
  for (; quad + 3u < whole; quad += 4u) {
    update_max(element_x(quad));
    update_max(element_x(quad + 1u));
    update_max(element_x(quad + 2u));
    update_max(element_x(quad + 3u));
  }
  for (; quad < last; quad++) {
    update_max(element_quad(quad));
  }
  return largest_key();
}

fn keep_chunk_sum(row: u32, chunk: u32, key: i32) {
  let first = row * params.block_stride + chunk * CHUNK_BLOCKS;
  let count = min(CHUNK_BLOCKS, params.blocks - chunk * CHUNK_BLOCKS);
  set_top(key);
  var total = 0.0;
  for (var start = 0u; start < count; start += 8u) {
    var chain = 0.0;
    for (var block = start; block < min(start + 8u, count); block++) {
      chain += share(block_sums[first + block], float_of(block_keys[first + block]));
    }
    total += chain;
  }
  chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
}
