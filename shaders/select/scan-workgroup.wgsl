// provides: run
// requires: CHUNK_TILES, TILE_QUADS, open_x, open_mask, lane, EMPTY_KEY, quads, element_quad,
//   clear_max, update_max, largest_key, set_top, sum_of, exp_below_max, share, float_of,
//   ChunkSum, row_max
//
// First dispatch, 64 invocations per chunk: they read adjacent quads, one each at a time,
// then each reduces a tile's 16 quads through workgroup memory. Rows are padded from 16
// to 17 entries to avoid bank conflicts. With SUMS, the quads stay in registers for the
// sums of exponentials of each tile and of the chunk.

const SLOTS = 1088u;

var<workgroup> quad_keys: array<i32, SLOTS>;
var<workgroup> tile_tops: array<i32, CHUNK_TILES>;

fn slot(quad: u32) -> u32 {
  return quad + quad / TILE_QUADS;
}

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  open_x(row);
  open_mask(row);
  let first = chunk * CHUNK_TILES * TILE_QUADS;
  for (var step = 0u; step < TILE_QUADS; step++) {
    let place = lane + step * CHUNK_TILES;
    var key = EMPTY_KEY;
    if (first + place < quads()) {
      let bits = element_quad(first + place);
      key = key_of_quad(bits);
      if (SUMS) {
        held[step] = bits;
      }
    }
    quad_keys[slot(place)] = key;
  }
  workgroupBarrier();
  var tile_key = EMPTY_KEY;
  for (var quad = 0u; quad < TILE_QUADS; quad++) {
    tile_key = max(tile_key, quad_keys[slot(lane * TILE_QUADS) + quad]);
  }
  tile_tops[lane] = tile_key;
  let tile = chunk * CHUNK_TILES + lane;
  if (tile < params.tile_stride) {
    tile_keys[row * params.tile_stride + tile] = tile_key;
  }
  workgroupBarrier();
  var top = EMPTY_KEY;
  for (var other = 0u; other < CHUNK_TILES; other++) {
    top = max(top, tile_tops[other]);
  }
  if (SUMS) {
    keep_sums(row, chunk, first, top);
  }
  if (lane == 0u) {
    chunk_keys[row * params.chunk_stride + chunk] = top;
  }
  let pad = params.chunks + lane;
  if (chunk + 1u == params.chunks && pad < params.chunk_stride) {
    chunk_keys[row * params.chunk_stride + pad] = EMPTY_KEY;
  }
}

fn key_of_quad(bits: vec4<u32>) -> i32 {
  clear_max();
  update_max(bits);
  return largest_key();
}

var<private> held: array<vec4<u32>, TILE_QUADS>;
var<workgroup> quad_sums: array<f32, SLOTS>;
var<workgroup> tile_shares: array<f32, CHUNK_TILES>;

fn keep_sums(row: u32, chunk: u32, first: u32, top: i32) {
  for (var step = 0u; step < TILE_QUADS; step++) {
    let place = lane + step * CHUNK_TILES;
    var sum = 0.0;
    if (first + place < quads()) {
      set_top(tile_tops[place / TILE_QUADS]);
      sum = sum_of(exp_below_max(held[step]));
    }
    quad_sums[slot(place)] = sum;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var start = 0u; start < TILE_QUADS; start += 8u) {
    var chain = 0.0;
    for (var quad = start; quad < start + 8u; quad++) {
      chain += quad_sums[slot(lane * TILE_QUADS) + quad];
    }
    sum += chain;
  }
  let tile = chunk * CHUNK_TILES + lane;
  if (tile < params.tile_stride) {
    tile_sums[row * params.tile_stride + tile] = sum;
  }
  set_top(top);
  tile_shares[lane] = select(0.0, share(sum, float_of(tile_tops[lane])), tile < params.tiles);
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var start = 0u; start < CHUNK_TILES; start += 8u) {
      var chain = 0.0;
      for (var other = start; other < start + 8u; other++) {
        chain += tile_shares[other];
      }
      total += chain;
    }
    chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
  }
}
