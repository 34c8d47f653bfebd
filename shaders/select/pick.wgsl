// provides: run, key_at, picked
// requires: open_x, open_mask, Best, EMPTY_KEY, nothing, lane, lanes, with_quad, combine_sums,
//   CHUNK_TILES, TILE_QUADS, quads, keys_of, element_quad, indices, place_of, set_top,
//   sum_of_chunks, sum_of_tile, bits_of, is_finite, NAN, NEG_INF_KEY, exp_below_max, below_max,
//   finite, log_of, NEG_INF
//
// Second dispatch: a group of lanes picks a row's largest elements, one per round. It
// takes the first chunk with the largest key, the first such tile in that chunk and the
// first such element in that tile. So ties go to the lowest index, and a round scans
// three short lists however long the row is. Elements are picked in order, so the
// remaining ones come after the last pick. Each lane updates its own share of the lists.

fn run(row: u32) {
  open_x(row);
  open_mask(row);
  let chunk_base = row * (params.chunk_stride / 4u);
  let tile_base = row * (params.tile_stride / 4u);
  var last_key = 0x7fffffff;
  var last_place = 0u;
  var top_key = 0;
  if (params.round_start > 0u) {
    top_key = key_at(picked(row, 0u));
    last_place = picked(row, params.round_start - 1u);
    last_key = key_at(last_place);
    open_total(row, top_key);
  }
  for (var round = params.round_start; round < params.round_end; round++) {
    var chunk = Best(EMPTY_KEY, 0u, EMPTY_KEY);
    var tile = chunk;
    if (params.tiles > 1u) {
      chunk = nothing();
      for (var i = lane; i < params.chunk_stride / 4u; i += lanes) {
        chunk = with_quad(chunk, chunk_keys[chunk_base + i], 4u * i);
      }
      chunk = combine_sums(chunk);
      sync_lanes();
      tile = nothing();
      let first = chunk.place * (CHUNK_TILES / 4u);
      let end = min(first + CHUNK_TILES / 4u, params.tile_stride / 4u);
      for (var i = first + lane; i < end; i += lanes) {
        tile = with_quad(tile, tile_keys[tile_base + i], 4u * i);
      }
      tile = combine_sums(tile);
      sync_lanes();
    }
    var best = nothing();
    let first = tile.place * TILE_QUADS;
    let end = min(first + TILE_QUADS, quads());
    for (var quad = first + lane; quad < end; quad += lanes) {
      var keys = keys_of(element_quad(quad));
      let places = indices(quad);
      let left = (keys < vec4<i32>(last_key))
        | ((keys == vec4<i32>(last_key)) & (places > vec4<u32>(last_place)));
      keys = select(vec4<i32>(EMPTY_KEY), keys, left & (places < vec4<u32>(params.length)));
      best = with_quad(best, keys, 4u * quad);
    }
    best = combine_sums(best);
    sync_lanes();
    last_key = best.key;
    last_place = best.place;
    if (round == 0u) {
      top_key = best.key;
      open_total(row, top_key);
    }
    if (params.tiles > 1u) {
      if (((tile.place / 4u) % (CHUNK_TILES / 4u)) % lanes == lane) {
        tile_keys[tile_base + tile.place / 4u][tile.place % 4u] = best.next;
      }
      if ((chunk.place / 4u) % lanes == lane) {
        chunk_keys[chunk_base + chunk.place / 4u][chunk.place % 4u] = max(tile.next, best.next);
      }
    }
    if (lane == 0u) {
      put(row, round, best.place, value_of(best.key, top_key));
    }
  }
}

fn key_at(place: u32) -> i32 {
  return keys_of(element_quad(place / 4u))[place % 4u];
}

fn picked(row: u32, round: u32) -> u32 {
  return indices_out[params.offset_indices_out + place_of(row, round)];
}

fn put(row: u32, round: u32, index: u32, bits: u32) {
  let place = place_of(row, round);
  values_out[params.offset_values_out + place] = bits;
  indices_out[params.offset_indices_out + place] = index;
}

// Workgroup memory is reused only after every lane has read it.
fn sync_lanes() {
  if (!SINGLE_LANE) {
    workgroupBarrier();
  }
}

// A pick's value: the element itself or, with SUMS, its probability or log-probability,
// as softmax and logSoftmax give it.

var<private> total: f32;

fn open_total(row: u32, top: i32) {
  if (SUMS) {
    set_top(top);
    if (params.tiles > 1u) {
      total = sum_of_chunks(row * params.chunk_stride);
    } else {
      total = sum_of_tile(0u);
    }
  }
}

fn value_of(key: i32, top: i32) -> u32 {
  if (SUMS) {
    return probability_of(key, top);
  } else {
    return bits_of(key);
  }
}

fn probability_of(key: i32, top: i32) -> u32 {
  if (!is_finite(top)) {
    return select(NAN, params.empty_fill, top == NEG_INF_KEY);
  }
  let bits = vec4<u32>(bits_of(key));
  if (params.logarithm == 0u) {
    return bitcast<u32>(exp_below_max(bits).x / total);
  }
  let t = below_max(finite(bits).x, params.half_reach);
  return select(bitcast<u32>(t - log_of(total)), NEG_INF, bits.x == NEG_INF);
}
