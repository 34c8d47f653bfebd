// provides: run, cut
// requires: open_x, open_mask, is_finite, philox, set_top, set_max, RowF32x2, FINITE,
//   EMPTY_KEY, clear_max, quads, update_max, element_quad, largest_key, open_choice,
//   sum_of_chunks, aim, offer, share, chosen, CHUNK_TILES, float_of, TILE_QUADS, exp_below_max,
//   Cut, kept_of, keys_of, indices, place_of, picked
//
// Last dispatch of `sample`: one invocation per draw. It draws a chunk by the chunks'
// sums, a tile within the chunk, and an element within the tile, each with 64 random
// bits of its own. So it adds up three short lists instead of the row. The random bits
// depend on the row's number and the draw's alone.

const NO_INDEX = 0xffffffffu;

fn run(group: u32) {
  let row = group / params.draws;
  let draw = group % params.draws;
  open_x(row);
  open_mask(row);
  open_filter(row);
  let chunk_base = row * params.chunk_stride;
  let tile_base = row * params.tile_stride;
  let number = number_of(row);
  let top = top_of(chunk_base);
  if (!is_finite(top)) {
    put(row, draw, NO_INDEX);
    return;
  }
  let seed = vec2<u32>(params.seed_low, params.seed_high);
  let upper = philox(vec4<u32>(number, draw, 0u), seed);
  let lower = philox(vec4<u32>(number, draw, 1u), seed);

  set_top(top);
  var tile = 0u;
  if (params.tiles > 1u) {
    var chunk = 0u;
    if (params.chunks > 1u) {
      chunk = chosen_chunk(chunk_base, vec2<u32>(upper.x, lower.x));
      set_max(RowF32x2(chunk_sums[chunk_base + chunk].top, FINITE));
    }
    let sum = chunk_sums[chunk_base + chunk].sum;
    tile = chosen_tile(tile_base, chunk, sum, vec2<u32>(upper.y, lower.y));
    set_top(tile_keys[tile_base + tile]);
  }
  put(row, draw, index_of(row, chosen_element(tile, vec2<u32>(upper.z, lower.z))));
}

// The row's number in two words, the lower first. Where rows are NUMBERED it is stored,
// and replaced by the number of the row that is drawn next in this place.
fn number_of(row: u32) -> vec2<u32> {
  if (NUMBERED) {
    let place = params.offset_row_numbers + 2u * row;
    let number = vec2<u32>(row_numbers[place], row_numbers[place + 1u]);
    let next = advanced(number, params.batch_rows);
    row_numbers[place] = next.x;
    row_numbers[place + 1u] = next.y;
    return number;
  } else {
    return advanced(vec2<u32>(params.row_low, params.row_high), params.row_start + row);
  }
}

fn advanced(number: vec2<u32>, by: u32) -> vec2<u32> {
  let low = number.x + by;
  return vec2<u32>(low, number.y + select(0u, 1u, low < by));
}

// The row's largest key.
fn top_of(chunk_base: u32) -> i32 {
  if (FILTERED) {
    return cut.top;
  } else {
    return scanned_top(chunk_base);
  }
}

fn scanned_top(chunk_base: u32) -> i32 {
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

fn chosen_chunk(first: u32, random: vec2<u32>) -> u32 {
  open_choice(sum_of_chunks(first));
  for (var turn = 0u; turn < 2u; turn++) {
    aim(random);
    for (var i = 0u; i < params.chunks; i++) {
      offer(i, share(chunk_sums[first + i].sum, chunk_sums[first + i].top));
    }
  }
  return chosen;
}

fn chosen_tile(base: u32, chunk: u32, sum: f32, random: vec2<u32>) -> u32 {
  let first = chunk * CHUNK_TILES;
  let last = min(first + CHUNK_TILES, params.tiles);
  open_choice(sum);
  for (var turn = 0u; turn < 2u; turn++) {
    aim(random);
    for (var i = first; i < last; i++) {
      offer(i, share(tile_sums[base + i], float_of(tile_keys[base + i])));
    }
  }
  return chosen;
}

// Exponentials of a tile are at most 1, its largest element's.
fn chosen_element(tile: u32, random: vec2<u32>) -> u32 {
  let first = tile * TILE_QUADS;
  let last = min(first + TILE_QUADS, quads());
  open_choice(f32(4u * TILE_QUADS));
  for (var turn = 0u; turn < 2u; turn++) {
    aim(random);
    for (var quad = first; quad < last; quad++) {
      let e = kept(exp_below_max(element_quad(quad)), quad);
      offer(4u * quad, e.x);
      offer(4u * quad + 1u, e.y);
      offer(4u * quad + 2u, e.z);
      offer(4u * quad + 3u, e.w);
    }
  }
  return chosen;
}

// FILTERED: only what filters left has a weight.

var<private> cut: Cut;

fn open_filter(row: u32) {
  if (FILTERED) {
    cut = cuts[row];
  }
}

fn kept(e: vec4<f32>, quad: u32) -> vec4<f32> {
  if (FILTERED) {
    return select(vec4<f32>(), e, kept_of(cut, keys_of(element_quad(quad)), indices(quad)));
  } else {
    return e;
  }
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
