// provides: run
// requires: CHUNK_BLOCKS, BLOCK_QUADS, open_x, open_mask, lane, EMPTY_KEY, quads, element_quad,
//   clear_max, update_max, largest_key, set_top, sum_of, exp_below_max, share, float_of,
//   ChunkSum, row_max
//
// First dispatch, 64 invocations per chunk: they read adjacent quads, one each at a time,
// then each reduces a block's 16 quads through workgroup memory. Rows are padded from 16
// to 17 entries to avoid bank conflicts. With SUMS, the quads stay in registers for the
// sums of exponentials of each block and of the chunk.

const SLOTS = 1088u;

var<workgroup> quad_keys: array<i32, SLOTS>;
var<workgroup> block_tops: array<i32, CHUNK_BLOCKS>;

fn slot(quad: u32) -> u32 {
  return quad + quad / BLOCK_QUADS;
}

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  open_x(row);
  open_mask(row);
  let first = chunk * CHUNK_BLOCKS * BLOCK_QUADS;
  for (var step = 0u; step < BLOCK_QUADS; step++) {
    let place = lane + step * CHUNK_BLOCKS;
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
  var block_key = EMPTY_KEY;
  for (var quad = 0u; quad < BLOCK_QUADS; quad++) {
    block_key = max(block_key, quad_keys[slot(lane * BLOCK_QUADS) + quad]);
  }
  block_tops[lane] = block_key;
  let block = chunk * CHUNK_BLOCKS + lane;
  if (block < params.block_stride) {
    block_keys[row * params.block_stride + block] = block_key;
  }
  workgroupBarrier();
  var top = EMPTY_KEY;
  for (var other = 0u; other < CHUNK_BLOCKS; other++) {
    top = max(top, block_tops[other]);
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

var<private> held: array<vec4<u32>, BLOCK_QUADS>;
var<workgroup> quad_sums: array<f32, SLOTS>;
var<workgroup> block_shares: array<f32, CHUNK_BLOCKS>;

fn keep_sums(row: u32, chunk: u32, first: u32, top: i32) {
  for (var step = 0u; step < BLOCK_QUADS; step++) {
    let place = lane + step * CHUNK_BLOCKS;
    var sum = 0.0;
    if (first + place < quads()) {
      set_top(block_tops[place / BLOCK_QUADS]);
      sum = sum_of(exp_below_max(held[step]));
    }
    quad_sums[slot(place)] = sum;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var start = 0u; start < BLOCK_QUADS; start += 8u) {
    var chain = 0.0;
    for (var quad = start; quad < start + 8u; quad++) {
      chain += quad_sums[slot(lane * BLOCK_QUADS) + quad];
    }
    sum += chain;
  }
  let block = chunk * CHUNK_BLOCKS + lane;
  if (block < params.block_stride) {
    block_sums[row * params.block_stride + block] = sum;
  }
  set_top(top);
  block_shares[lane] = select(0.0, share(sum, float_of(block_tops[lane])), block < params.blocks);
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var start = 0u; start < CHUNK_BLOCKS; start += 8u) {
      var chain = 0.0;
      for (var other = start; other < start + 8u; other++) {
        chain += block_shares[other];
      }
      total += chain;
    }
    chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
  }
}
