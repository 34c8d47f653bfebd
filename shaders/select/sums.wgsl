// provides: ChunkSum, share, sum_of_chunks, sum_of_tile
// requires: exp_accurate, below_max, TILE_QUADS, quads, exp_below_max, padded_x, sum_of
//
// Sums of exponentials of a tile, a chunk and a row, each relative to its own maximum.

// A chunk's maximum, and its sum of exp(s·(x − maximum)).
struct ChunkSum {
  top: f32,
  sum: f32,
}

// Rescales a sum relative to `part` to the maximum that was set.
fn share(sum: f32, part: f32) -> f32 {
  return sum * exp_accurate(below_max(part, params.half_exp_reach));
}

// Σ exp(s·(x − maximum)) over a row's chunks, in chains of 8.
fn sum_of_chunks(first: u32) -> f32 {
  var total = 0.0;
  for (var start = 0u; start < params.chunks; start += 8u) {
    var chain = 0.0;
    for (var chunk = start; chunk < min(start + 8u, params.chunks); chunk++) {
      chain += share(chunk_sums[first + chunk].sum, chunk_sums[first + chunk].top);
    }
    total += chain;
  }
  return total;
}

// Σ exp(s·(x − maximum)) over one tile, in two chains of 8 quads.
fn sum_of_tile(first: u32) -> f32 {
  // As many turns for every tile: SwiftShader gives lanes that end early the values of others.
  let last = first + select(TILE_QUADS, quads(), params.tiles == 1u);
  var total = vec4<f32>();
  var chain = vec4<f32>();
  var quad = first;
  loop {
    chain += exp_below_max(padded_x(quad, quads()));
    chain += exp_below_max(padded_x(quad + 1u, quads()));
    chain += exp_below_max(padded_x(quad + 2u, quads()));
    chain += exp_below_max(padded_x(quad + 3u, quads()));
    if (quad % 8u == 4u) {
      total += chain;
      chain = vec4<f32>();
    }
    continuing {
      quad += 4u;
      break if quad >= last;
    }
  }
  return sum_of(total + chain);
}
