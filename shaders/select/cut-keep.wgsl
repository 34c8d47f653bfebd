// provides: run
// requires: is_finite, open_x, open_mask, CHUNK_TILES, set_top, share, float_of, ChunkSum,
//   row_max, Cut, first_marked, key_at, is_in_prefix, exp_below_max, bits_of, without_first
//
// After the filters, one invocation per chunk: it adds the weights of marked elements
// that are kept to those above the bracket, and adds up the chunk's tiles.

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  let cut = cuts[row];
  if (!is_finite(cut.top)) {
    return;
  }
  open_x(row);
  open_mask(row);
  let base = row * params.tile_stride;
  let first = chunk * CHUNK_TILES;
  let last = min(first + CHUNK_TILES, params.tiles);
  add_marked(cut, row, first, last);
  set_top(chunk_keys[row * params.chunk_stride + chunk]);
  var total = 0.0;
  var chain = 0.0;
  for (var tile = first; tile < last; tile++) {
    chain += share(tile_sums[base + tile], float_of(tile_keys[base + tile]));
    if (tile % 8u == 7u) {
      total += chain;
      chain = 0.0;
    }
  }
  chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total + chain);
}

// To the sums of tiles, of those marked that are kept: one in a turn.
fn add_marked(cut: Cut, row: u32, first: u32, last: u32) {
  let base = row * params.tile_stride;
  var next = first;
  var tile = first;
  var marked = vec2<u32>();
  var sum = 0.0;
  loop {
    while (next < last && all(marked == vec2<u32>())) {
      tile = next;
      marked = marks[base + tile];
      next++;
    }
    if (all(marked == vec2<u32>())) {
      break;
    }
    set_top(tile_keys[base + tile]);
    let place = 64u * tile + first_marked(marked);
    let key = key_at(place);
    if (is_in_prefix(cut, key, place)) {
      sum += exp_below_max(vec4<u32>(bits_of(key))).x;
    }
    marked = without_first(marked);
    if (all(marked == vec2<u32>())) {
      tile_sums[base + tile] += sum;
      sum = 0.0;
    }
  }
}
