// provides: main
// requires: open_operands, part_end, a_step, a_starts, b_step, b_starts, CHAIN, a_end, b_end,
//   store
//
// A workgroup of 16 × 16 invocations computes a tile of 64 × 64, 16 depths at a time
// through workgroup memory; each invocation computes 4 × 4 of it. S is the transpose of
// those; four depths at a time are S += B·Aᵀ of 4 × 4 matrices.

const DEPTH = 16u;

// A by rows, four depths per vector; B by depths, four columns per vector.
var<workgroup> tile_a: array<vec4<f32>, 256>;
var<workgroup> tile_b: array<vec4<f32>, 256>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let tall = (params.rows + 63u) / 64u;
  let top = tile % tall * 64u;
  let left = tile / tall * 64u;
  if (left >= params.columns) {
    return;
  }
  open_operands();
  let part = group.z;
  let end = part_end(part);

  // Each invocation loads one vector of each operand, so that adjacent invocations read
  // adjacent memory.
  let a_lies_along = a_step == 1u;
  let a_row = select(lane % 64u, lane / 4u, a_lies_along);
  let a_quad = select(lane / 64u, lane % 4u, a_lies_along);
  let a_start = a_starts(top + a_row).x;
  let b_lies_along = b_step == 1u;
  let b_depth = select(lane / 16u, lane % 16u, b_lies_along);
  let b_quad = select(lane % 16u, lane / 16u, b_lies_along);
  let b_start = b_starts(left + 4u * b_quad);

  // The 4 × 4 elements that it computes.
  let i = lane / 16u * 4u;
  let quad = lane % 16u;
  var sum = mat4x4<f32>();
  for (var start = part * params.part_length; start < end; start += CHAIN) {
    var chain = mat4x4<f32>();
    let last = min(start + CHAIN, end);
    for (var l = start; l < last; l += DEPTH) {
      tile_a[a_row * 4u + a_quad] = a_end(a_start, l + 4u * a_quad);
      tile_b[b_depth * 16u + b_quad] = b_end(b_start, l + b_depth);
      workgroupBarrier();
      for (var k = 0u; k < 4u; k++) {
        let p = mat4x4<f32>(
          tile_a[i * 4u + k], tile_a[i * 4u + 4u + k], tile_a[i * 4u + 8u + k],
          tile_a[i * 4u + 12u + k],
        );
        let at = k * 64u + quad;
        let q = mat4x4<f32>(tile_b[at], tile_b[at + 16u], tile_b[at + 32u], tile_b[at + 48u]);
        chain += q * p;
      }
      workgroupBarrier();
    }
    sum += chain;
  }
  store(part, top + i, left + 4u * quad, sum);
}
