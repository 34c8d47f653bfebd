// Every pass reads the row again from memory (or, for rows of a few thousand
// elements, from the cache). Any length.

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var quad = first + lane; quad < last; quad += lanes()) {
    see(masked(load_x(quad), quad));
  }
}

// A lane's terms are added in chains of at most CHAIN, by element index.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  let stride = CHAIN * lanes();
  for (var start = first + lane; start < last; start += stride) {
    let end = min(start + stride, last);
    for (var quad = start; quad < end; quad += lanes()) {
      join(quad, masked(load_x(quad), quad), load_v(quad));
    }
    close_chain();
  }
}
