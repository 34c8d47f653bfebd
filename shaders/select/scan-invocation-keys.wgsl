// Of a chunk, its largest key alone.

fn keep_block_sum(row: u32, block: u32, key: i32) {}

fn keep_chunk(row: u32, chunk: u32, key: i32) {
  chunk_keys[row * params.chunk_stride + chunk] = key;
}
