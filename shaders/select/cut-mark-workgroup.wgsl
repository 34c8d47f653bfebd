// provides: run, take_tile
// requires: Tally, CHUNK_TILES, lane, BRACKETED, open_x, open_mask, open_weights, wide_sum,
//   TILE_QUADS, Cut, quads, UNWEIGHED, element_quad, raw_keys_of, raw_to, set_top,
//   exp_below_max, sum_of, raw_from, nibble, least_above, float_of, integer_of, share,
//   key_of_raw
//
// Second dispatch of a filter, 64 invocations per chunk: it marks the elements in the
// bracket, a bit for each of a tile, and adds up the weights of those above it: of each
// tile relative to the tile's own maximum, of the chunk as an integer. Invocations take
// adjacent quads, one each at a time, then one tile each through workgroup memory, whose
// rows are padded from 16 to 17 entries to avoid bank conflicts.

const SLOTS = 1088u;

var<workgroup> state: u32;
// Of a quad: its four marks, and from bit 4 on how many are above the bracket.
var<workgroup> quad_marks: array<u32, SLOTS>;
var<workgroup> quad_sums: array<f32, SLOTS>;
var<workgroup> quad_sums_of_all: array<f32, SLOTS>;
var<workgroup> of_tiles: array<Tally, CHUNK_TILES>;
var<private> least: i32;

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  let cut = cuts[row];
  if (lane == 0u) {
    state = cut.state;
  }
  if (workgroupUniformLoad(&state) < BRACKETED) {
    return;
  }
  open_x(row);
  open_mask(row);
  open_weights(f32(params.length));
  least = 0x7fffffff;
  take_quads(row, chunk, cut);
  workgroupBarrier();
  of_tiles[lane] = take_tile(row, chunk * CHUNK_TILES + lane, cut.top);
  workgroupBarrier();
  if (lane == 0u) {
    var tally = of_tiles[0];
    for (var tile = 1u; tile < CHUNK_TILES; tile++) {
      let other = of_tiles[tile];
      tally = Tally(wide_sum(tally.above, other.above), wide_sum(tally.all, other.all),
        tally.count + other.count, min(tally.least, other.least));
    }
    tallies[row * params.chunk_stride + chunk] = tally;
  }
}

fn slot(quad: u32) -> u32 {
  return quad + quad / TILE_QUADS;
}

fn take_quads(row: u32, chunk: u32, cut: Cut) {
  let base = row * params.tile_stride + chunk * CHUNK_TILES;
  let first = chunk * CHUNK_TILES * TILE_QUADS;
  for (var step = 0u; step < TILE_QUADS; step++) {
    let place = lane + step * CHUNK_TILES;
    var four = 0u;
    var sum = 0.0;
    var sum_of_all = 0.0;
    if (first + place < quads()) {
      let key = tile_keys[base + place / TILE_QUADS];
      if (key >= cut.low || cut.state == UNWEIGHED) {
        let bits = element_quad(first + place);
        let raw = raw_keys_of(bits);
        let is_above = raw > vec4<i32>(raw_to(cut.high));
        if (SUMS) {
          set_top(key);
          let e = exp_below_max(bits);
          sum_of_all = sum_of(e);
          sum = sum_of(select(vec4<f32>(), e, is_above));
        }
        let ones = select(vec4<u32>(), vec4<u32>(1u), is_above);
        let is_in = (raw >= vec4<i32>(raw_from(cut.low))) & !is_above;
        four = nibble(is_in) | (((ones.x + ones.y) + (ones.z + ones.w)) << 4u);
        least = min(least, least_above(raw, is_above));
      }
    }
    quad_marks[slot(place)] = four;
    if (SUMS) {
      quad_sums[slot(place)] = sum;
      quad_sums_of_all[slot(place)] = sum_of_all;
    }
  }
}

// The invocation's own tile.
fn take_tile(row: u32, tile: u32, top: i32) -> Tally {
  var marked = vec2<u32>();
  var count = 0u;
  var sum = 0.0;
  var sum_of_all = 0.0;
  for (var half = 0u; half < 2u; half++) {
    var chain = 0.0;
    var chain_of_all = 0.0;
    for (var quad = 0u; quad < 8u; quad++) {
      let at_slot = slot(lane * TILE_QUADS) + 8u * half + quad;
      marked[half] |= (quad_marks[at_slot] & 15u) << (4u * quad);
      count += quad_marks[at_slot] >> 4u;
      if (SUMS) {
        chain += quad_sums[at_slot];
        chain_of_all += quad_sums_of_all[at_slot];
      }
    }
    sum += chain;
    sum_of_all += chain_of_all;
  }
  var above = vec2<u32>();
  var all = vec2<u32>();
  if (tile < params.tiles) {
    marks[row * params.tile_stride + tile] = marked;
    if (SUMS) {
      tile_sums[row * params.tile_stride + tile] = sum;
      set_top(top);
      let part = float_of(tile_keys[row * params.tile_stride + tile]);
      above = integer_of(share(sum, part));
      all = integer_of(share(sum_of_all, part));
    }
  }
  return Tally(above, all, count, key_of_raw(least));
}
