// provides: counts, run, take_tile
// requires: BRACKETED, open_x, open_mask, open_weights, CHUNK_TILES, UNWEIGHED, set_top,
//   wide_sum, integer_of, share, sum_of, float_of, Tally, TILE_QUADS, quads, whole_quads,
//   element_x, element_quad, keys_of, exp_below_max, nibble
//
// Second dispatch of a filter, one invocation per chunk: it marks the elements in the
// bracket, a bit for each of a tile, and adds up the weights of those above it: of each
// tile relative to the tile's own maximum, of the chunk as an integer. Tiles below the
// bracket are passed over.

var<private> sum: vec4<f32>;
var<private> sum_of_all: vec4<f32>;
var<private> counts: vec4<u32>;
var<private> least: vec4<i32>;
var<private> marked: vec2<u32>;

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
  counts = vec4<u32>();
  least = vec4<i32>(0x7fffffff);
  var above = vec2<u32>();
  var all = vec2<u32>();
  let base = row * params.tile_stride;
  let first = chunk * CHUNK_TILES;
  for (var tile = first; tile < min(first + CHUNK_TILES, params.tiles); tile++) {
    let key = tile_keys[base + tile];
    sum = vec4<f32>();
    marked = vec2<u32>();
    if (key >= cut.low || cut.state == UNWEIGHED) {
      sum_of_all = vec4<f32>();
      set_top(key);
      take_tile(tile, cut.low, cut.high);
      if (SUMS) {
        set_top(cut.top);
        above = wide_sum(above, integer_of(share(sum_of(sum), float_of(key))));
        if (cut.state == UNWEIGHED) {
          all = wide_sum(all, integer_of(share(sum_of(sum_of_all), float_of(key))));
        }
      }
    }
    marks[base + tile] = marked;
    if (SUMS) {
      tile_sums[base + tile] = sum_of(sum);
    }
  }
  let count = (counts.x + counts.y) + (counts.z + counts.w);
  let least_key = min(min(least.x, least.y), min(least.z, least.w));
  tallies[row * params.chunk_stride + chunk] = Tally(above, all, count, least_key);
}

fn take_tile(tile: u32, low: i32, high: i32) {
  let first = tile * TILE_QUADS;
  let last = min(first + TILE_QUADS, quads());
  let whole = min(last, whole_quads());
  var quad = first;
  for (; quad + 1u < whole; quad += 2u) {
    take_quad(element_x(quad), quad - first, low, high);
    take_quad(element_x(quad + 1u), quad + 1u - first, low, high);
  }
  for (; quad < last; quad++) {
    take_quad(element_quad(quad), quad - first, low, high);
  }
}

fn take_quad(bits: vec4<u32>, in_tile: u32, low: i32, high: i32) {
  let keys = keys_of(bits);
  let is_above = keys > vec4<i32>(high);
  if (SUMS) {
    let e = exp_below_max(bits);
    sum_of_all += e;
    sum += select(vec4<f32>(), e, is_above);
  }
  counts += select(vec4<u32>(), vec4<u32>(1u), is_above);
  least = select(least, min(least, keys), is_above);
  marked[in_tile / 8u] |= nibble(keys, low, high) << (4u * (in_tile % 8u));
}
