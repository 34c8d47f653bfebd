// Of a block and a chunk, besides the largest key, the sum of exponentials.

fn keep_block_sum(row: u32, block: u32, key: i32) {
  set_top(key);
  block_sums[row * params.block_stride + block] = sum_of_block(block * BLOCK_QUADS);
}

fn keep_chunk(row: u32, chunk: u32, key: i32) {
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
  chunk_keys[row * params.chunk_stride + chunk] = key;
  chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(peak[0], total);
}
