// Of a block and a chunk, besides the largest key, the sum of exponentials. The
// quads stay in registers from the first walk.

var<private> held: array<vec4<u32>, BLOCK_QUADS>;
var<workgroup> quad_sums: array<f32, SLOTS>;
var<workgroup> block_shares: array<f32, CHUNK_BLOCKS>;

fn hold(step: u32, quad: u32) -> i32 {
  held[step] = element_quad(quad);
  return key_of_quad(held[step]);
}

fn keep_sums(row: u32, chunk: u32, first: u32, top: i32) {
  for (var step = 0u; step < BLOCK_QUADS; step++) {
    let place = lane + step * CHUNK_BLOCKS;
    var sum = 0.0;
    if (first + place < quads()) {
      set_top(block_tops[place / BLOCK_QUADS]);
      sum = sum_of(exp_below_peak(held[step]));
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
    chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(peak[0], total);
  }
}
