// provides: counts, run, open_tile, take_tile
// requires: TILE_QUADS, BRACKETED, open_x, open_mask, open_weights, raw_from, raw_to,
//   CHUNK_TILES, first_marked, without_first, key_of_raw, Tally, Cut, UNWEIGHED, set_top,
//   padded_x, quads, raw_keys_of, exp_below_max, nibble, sum_of, row_max, wide_sum, integer_of,
//   share
//
// Second dispatch of a filter, one invocation per chunk: it marks the elements in the
// bracket, a bit for each of a tile, and adds up the weights of those above it: of each
// tile relative to the tile's own maximum, of the chunk as an integer. Tiles below the
// bracket are passed over. A turn takes four quads, for loops in each other cost a CPU more.

// Turns to a tile.
const PARTS = TILE_QUADS / 4u;

// Of a tile, in its turns.
var<private> sum: vec4<f32>;
var<private> sum_of_all: vec4<f32>;
var<private> marked: vec2<u32>;
// Of the chunk.
var<private> above: vec2<u32>;
var<private> all_weights: vec2<u32>;
var<private> counts: vec4<u32>;
var<private> least: vec4<i32>;
// The bracket.
var<private> low: i32;
var<private> high: i32;

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  let cut = cuts[row];
  if (cut.state < BRACKETED) {
    return;
  }
  open_x(row);
  open_mask(row);
  open_weights(f32(params.length));
  least = vec4<i32>(0x7fffffff);
  low = raw_from(cut.low);
  high = raw_to(cut.high);
  let base = row * params.tile_stride + chunk * CHUNK_TILES;
  var left = tiles_to_take(base, min(CHUNK_TILES, params.tiles - chunk * CHUNK_TILES), cut);
  while (any(left != vec2<u32>())) {
    let tile = first_marked(left);
    left = without_first(left);
    open_tile(tile_keys[base + tile]);
    take_tile((chunk * CHUNK_TILES + tile) * TILE_QUADS);
    close_tile(base + tile, cut);
  }
  let count = (counts.x + counts.y) + (counts.z + counts.w);
  let least_key = key_of_raw(min(min(least.x, least.y), min(least.z, least.w)));
  tallies[row * params.chunk_stride + chunk] = Tally(above, all_weights, count, least_key);
}

// A bit for each tile that may have an element in the bracket or above, or that is to be
// weighed. Of the others nothing is marked or above.
fn tiles_to_take(base: u32, tiles: u32, cut: Cut) -> vec2<u32> {
  var found = vec2<u32>();
  for (var tile = 0u; tile < tiles; tile++) {
    let is_taken = tile_keys[base + tile] >= cut.low || cut.state == UNWEIGHED;
    found[tile / 32u] |= select(0u, 1u, is_taken) << (tile % 32u);
    marks[base + tile] = vec2<u32>();
    if (SUMS) {
      tile_sums[base + tile] = 0.0;
    }
  }
  return found;
}

fn open_tile(key: i32) {
  sum = vec4<f32>();
  sum_of_all = vec4<f32>();
  marked = vec2<u32>();
  set_top(key);
}

// A loop that ends in its test: with the test first a CPU goes through the body once more.
fn take_tile(first: u32) {
  var part = 0u;
  loop {
    let quad = first + 4u * part;
    let bits = (take_quad(quad) | (take_quad(quad + 1u) << 4u)
      | (take_quad(quad + 2u) << 8u) | (take_quad(quad + 3u) << 12u)) << (16u * (part % 2u));
    marked |= select(vec2<u32>(0u, bits), vec2<u32>(bits, 0u), part < 2u);
    continuing {
      part++;
      break if part == PARTS;
    }
  }
}

// Marks of the quad.
fn take_quad(quad: u32) -> u32 {
  let bits = padded_x(quad, quads());
  let raw = raw_keys_of(bits);
  let is_above = raw > vec4<i32>(high);
  if (SUMS) {
    let e = exp_below_max(bits);
    sum_of_all += e;
    sum += select(vec4<f32>(), e, is_above);
  }
  counts += select(vec4<u32>(), vec4<u32>(1u), is_above);
  least = min(least, select(vec4<i32>(0x7fffffff), raw, is_above));
  return nibble((raw >= vec4<i32>(low)) & !is_above);
}

fn close_tile(place: u32, cut: Cut) {
  marks[place] = marked;
  if (SUMS) {
    tile_sums[place] = sum_of(sum);
    let part = row_max;
    set_top(cut.top);
    above = wide_sum(above, integer_of(share(sum_of(sum), part)));
    if (cut.state == UNWEIGHED) {
      all_weights = wide_sum(all_weights, integer_of(share(sum_of(sum_of_all), part)));
    }
  }
}
