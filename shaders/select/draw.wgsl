// provides: run
// requires: open_x, open_mask, is_finite, philox, set_top, sum_of_chunks, share, CHUNK_TILES,
//   float_of, sum_of_tile, TILE_QUADS, quads, exp_below_max, element_quad, EMPTY_KEY,
//   clear_max, update_max, largest_key, uniform_of, place_of, picked
//
// Last dispatch of `sample`: one invocation per draw. It draws a chunk by the chunks'
// sums, a tile within the chunk, and an element within the tile, each with a random
// word of its own. So it adds up three short lists instead of the row, and rounding in
// those sums moves few boundaries. The random words depend on the row's number and the
// draw's alone.

const NO_INDEX = 0xffffffffu;

fn run(group: u32) {
  let row = group / params.draws;
  let draw = group % params.draws;
  open_x(row);
  open_mask(row);
  let chunk_base = row * params.chunk_stride;
  let tile_base = row * params.tile_stride;
  let top = top_of(chunk_base);
  if (!is_finite(top)) {
    put(row, draw, NO_INDEX);
    return;
  }
  let low = params.row_low + params.row_start + row;
  let high = params.row_high + select(0u, 1u, low < params.row_low);
  let words = philox(vec4<u32>(low, high, draw, 0u), vec2<u32>(params.seed_low, params.seed_high));

  set_top(top);
  var tile = 0u;
  if (params.tiles > 1u) {
    var chunk = 0u;
    if (params.chunks > 1u) {
      open_draw(words.x, sum_of_chunks(chunk_base));
      for (var i = 0u; i < params.chunks; i++) {
        offer(i, share(chunk_sums[chunk_base + i].sum, chunk_sums[chunk_base + i].top));
      }
      chunk = drawn;
      set_top(chunk_keys[chunk_base + chunk]);
    }
    open_draw(words.y, chunk_sums[chunk_base + chunk].sum);
    let last = min((chunk + 1u) * CHUNK_TILES, params.tiles);
    for (var i = chunk * CHUNK_TILES; i < last; i++) {
      offer(i, share(tile_sums[tile_base + i], float_of(tile_keys[tile_base + i])));
    }
    tile = drawn;
    set_top(tile_keys[tile_base + tile]);
    open_draw(words.z, tile_sums[tile_base + tile]);
  } else {
    open_draw(words.z, sum_of_tile(0u));
  }
  let first = tile * TILE_QUADS;
  for (var quad = first; quad < min(first + TILE_QUADS, quads()); quad++) {
    let e = exp_below_max(element_quad(quad));
    offer(4u * quad, e.x);
    offer(4u * quad + 1u, e.y);
    offer(4u * quad + 2u, e.z);
    offer(4u * quad + 3u, e.w);
  }
  put(row, draw, index_of(row, drawn));
}

// The row's largest key.
fn top_of(chunk_base: u32) -> i32 {
  var top = EMPTY_KEY;
  if (params.tiles > 1u) {
    for (var chunk = 0u; chunk < params.chunks; chunk++) {
      top = max(top, chunk_keys[chunk_base + chunk]);
    }
    return top;
  }
  clear_max();
  for (var quad = 0u; quad < quads(); quad++) {
    update_max(element_quad(quad));
  }
  return largest_key();
}

var<private> goal: f32;
var<private> passed: f32;
var<private> drawn: u32;

// Starts a draw among the candidates offered next, whose weights add up to `total`.
fn open_draw(word: u32, total: f32) {
  goal = uniform_of(word) * total;
  passed = 0.0;
  drawn = 0u;
}

// Draws the last candidate whose preceding weights do not exceed the goal. It has a
// positive weight, whatever rounding did to the total.
fn offer(candidate: u32, weight: f32) {
  if (weight > 0.0 && passed <= goal) {
    drawn = candidate;
  }
  passed += weight;
}

fn put(row: u32, draw: u32, index: u32) {
  indices_out[params.offset_indices_out + place_of(row, draw)] = index;
}

// The class index of a drawn place: the place itself or, where the row holds PICKED
// elements, the index stored with the pick.
fn index_of(row: u32, place: u32) -> u32 {
  if (PICKED) {
    return picked[params.offset_picked + row * params.length + place];
  } else {
    return place;
  }
}
