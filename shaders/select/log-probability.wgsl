// provides: run
// requires: place_of, NAN, open_x, open_mask, is_finite, NEG_INF_KEY, element_quad, set_top,
//   keys_of, log1p_of, below_max, finite, log_of, NEG_INF, EMPTY_KEY, clear_max, quads,
//   update_max, largest_key, sum_of_chunks, sum_of_tile, TILE_QUADS, CHUNK_TILES, share,
//   float_of, indices, exp_below_max, sum_of
//
// After the scan, one invocation per place: the log-probability of one element of a row, by the
// sums of its chunks, tiles and elements. Of the row's largest the sum is of the others alone:
// near p = 1 the logarithm has no digits beside 1.

fn run(group: u32) {
  let row = group / params.picks;
  let place = place_of(row, group % params.picks);
  let index = places[params.offset_places + place];
  var value = NAN;
  if (index < params.length) {
    open_x(row);
    open_mask(row);
    value = log_probability(row, index);
  }
  values_out[params.offset_values_out + place] = value;
}

fn log_probability(row: u32, index: u32) -> u32 {
  let top = top_of(row);
  if (!is_finite(top)) {
    return select(NAN, params.empty_fill, top == NEG_INF_KEY);
  }
  let bits = vec4<u32>(element_quad(index / 4u)[index % 4u]);
  set_top(top);
  if (keys_of(bits).x == top) {
    return bitcast<u32>(-log1p_of(sum_of_others(row, index)));
  }
  let t = below_max(finite(bits).x, params.half_reach);
  return select(bitcast<u32>(t - log_of(sum_of_row(row))), NEG_INF, bits.x == NEG_INF);
}

fn top_of(row: u32) -> i32 {
  var top = EMPTY_KEY;
  if (params.tiles > 1u) {
    for (var chunk = 0u; chunk < params.chunks; chunk++) {
      top = max(top, chunk_keys[row * params.chunk_stride + chunk]);
    }
    return top;
  }
  clear_max();
  for (var quad = 0u; quad < quads(); quad++) {
    update_max(element_quad(quad));
  }
  return largest_key();
}

fn sum_of_row(row: u32) -> f32 {
  if (params.tiles > 1u) {
    return sum_of_chunks(row * params.chunk_stride);
  }
  return sum_of_tile(0u);
}

// All but one element's: the other chunks', in its chunk the other tiles', in its tile the
// other elements'. Each in chains of 8.
fn sum_of_others(row: u32, index: u32) -> f32 {
  let own_tile = index / (4u * TILE_QUADS);
  let own_chunk = own_tile / CHUNK_TILES;
  var total = 0.0;
  if (params.tiles > 1u) {
    for (var start = 0u; start < params.chunks; start += 8u) {
      var chain = 0.0;
      for (var chunk = start; chunk < min(start + 8u, params.chunks); chunk++) {
        let part = chunk_sums[row * params.chunk_stride + chunk];
        chain += select(share(part.sum, part.top), 0.0, chunk == own_chunk);
      }
      total += chain;
    }
    let last = min((own_chunk + 1u) * CHUNK_TILES, params.tiles);
    for (var start = own_chunk * CHUNK_TILES; start < last; start += 8u) {
      var chain = 0.0;
      for (var tile = start; tile < min(start + 8u, last); tile++) {
        let at = row * params.tile_stride + tile;
        let part = share(tile_sums[at], float_of(tile_keys[at]));
        chain += select(part, 0.0, tile == own_tile);
      }
      total += chain;
    }
  }
  var chain = vec4<f32>();
  let first = own_tile * TILE_QUADS;
  for (var quad = first; quad < min(first + TILE_QUADS, quads()); quad++) {
    let others = indices(quad) != vec4<u32>(index);
    chain += select(vec4<f32>(), exp_below_max(element_quad(quad)), others);
  }
  return total + sum_of(chain);
}
