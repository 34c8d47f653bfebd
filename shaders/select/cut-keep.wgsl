// provides: run
// requires: is_finite, open_x, open_mask, CHUNK_TILES, set_top, share, float_of, ChunkSum,
//   row_max, Cut, element_quad, is_in_prefix, keys_of, exp_below_max
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
  for (var tile = first; tile < last; tile++) {
    let marked = marks[base + tile];
    if ((marked.x | marked.y) != 0u) {
      set_top(tile_keys[base + tile]);
      tile_sums[base + tile] += kept_of_tile(cut, tile, marked);
    }
  }
  set_top(chunk_keys[row * params.chunk_stride + chunk]);
  var total = 0.0;
  for (var start = first; start < last; start += 8u) {
    var chain = 0.0;
    for (var tile = start; tile < min(start + 8u, last); tile++) {
      chain += share(tile_sums[base + tile], float_of(tile_keys[base + tile]));
    }
    total += chain;
  }
  chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
}

fn kept_of_tile(cut: Cut, tile: u32, marked: vec2<u32>) -> f32 {
  var sum = 0.0;
  for (var half = 0u; half < 2u; half++) {
    for (var bits = marked[half]; bits != 0u; bits &= bits - 1u) {
      let place = 64u * tile + 32u * half + firstTrailingBit(bits);
      let element = element_quad(place / 4u)[place % 4u];
      if (is_in_prefix(cut, keys_of(vec4<u32>(element)).x, place)) {
        sum += exp_below_max(vec4<u32>(element)).x;
      }
    }
  }
  return sum;
}
