// Every pass reads the row again from memory (or, for rows of a few thousand
// elements, from the cache). Any length.

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var quad = first + lane; quad < last; quad += lanes()) {
    see(masked(load_x(quad), quad));
  }
}

// A lane's terms are added in chains of CHAIN, those in blocks of CHAIN: equal
// terms round the same way every time, and long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  let chain_quads = CHAIN * lanes();
  let block_quads = CHAIN * chain_quads;
  for (var block_start = first + lane; block_start < last; block_start += block_quads) {
    let block_end = min(block_start + block_quads, last);
    for (var chain_start = block_start; chain_start < block_end; chain_start += chain_quads) {
      let chain_end = min(chain_start + chain_quads, block_end);
      for (var quad = chain_start; quad < chain_end; quad += lanes()) {
        join(quad, masked(load_x(quad), quad), load_v(quad));
      }
      close_chain();
    }
    close_block();
  }
}
