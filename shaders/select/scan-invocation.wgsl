// provides: run
// requires: open_x, open_mask, CHUNK_TILES, EMPTY_KEY, set_top, sum_of_tile, TILE_QUADS, quads,
//   clear_max, update_max, padded_x, largest_key, share, float_of, ChunkSum, row_max
//
// First dispatch, one invocation per chunk: it goes through the chunk tile by tile and
// stores the largest key of each tile and, with SUMS, the tile's sum of exponentials.

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  open_x(row);
  open_mask(row);
  let first = chunk * CHUNK_TILES;
  let last = min(first + CHUNK_TILES, params.tile_stride);
  var top = EMPTY_KEY;
  for (var tile = first; tile < last; tile++) {
    let key = scan_tile(tile);
    tile_keys[row * params.tile_stride + tile] = key;
    if (SUMS) {
      set_top(key);
      tile_sums[row * params.tile_stride + tile] = sum_of_tile(tile * TILE_QUADS);
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

// All lanes take as many turns: what is past the row's end is −inf.
fn scan_tile(tile: u32) -> i32 {
  var quad = tile * TILE_QUADS;
  let last = quad + TILE_QUADS;
  if (quad >= quads()) {
    return EMPTY_KEY;
  }
  clear_max();
  loop {
    update_max(padded_x(quad, quads()));
    update_max(padded_x(quad + 1u, quads()));
    update_max(padded_x(quad + 2u, quads()));
    update_max(padded_x(quad + 3u, quads()));
    continuing {
      quad += 4u;
      break if quad == last;
    }
  }
  return largest_key();
}

fn keep_chunk_sum(row: u32, chunk: u32, key: i32) {
  let first = row * params.tile_stride + chunk * CHUNK_TILES;
  let count = min(CHUNK_TILES, params.tiles - chunk * CHUNK_TILES);
  set_top(key);
  var total = 0.0;
  for (var start = 0u; start < count; start += 8u) {
    var chain = 0.0;
    for (var tile = start; tile < min(start + 8u, count); tile++) {
      chain += share(tile_sums[first + tile], float_of(tile_keys[first + tile]));
    }
    total += chain;
  }
  chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
}
