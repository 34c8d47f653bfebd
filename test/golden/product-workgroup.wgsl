struct Params {
  length: u32,
  rows: u32,
  a_row: u32,
  columns: u32,
  b_column: u32,
  part_length: u32,
  c_row: u32,
  has_bias: u32,
  accumulate: u32,
  a_step: u32,
  b_step: u32,
  offset_a: u32,
  offset_b: u32,
  offset_c: u32,
  offset_bias: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

const WORKGROUP_SIZE = 256u;

// ---- shaders/product/operands.wgsl ---------------------------------------------------------------
// A product's operands, by their strides: an element of A is at row i and depth l, one of
// B at depth l and column j. Either index may be the contiguous one.

const CHAIN = 32u;
const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

// Copies of uniforms that every load uses.
var<private> a_step: u32;
var<private> b_step: u32;

// The starts of four adjacent rows of A, or columns of B. Rows past the last one repeat
// it; their results are not stored.
fn a_starts(i: u32) -> vec4<u32> {
  return params.offset_a + min(i + FOUR, vec4<u32>(params.rows - 1u)) * params.a_row;
}

fn b_starts(j: u32) -> vec4<u32> {
  return params.offset_b + min(j + FOUR, vec4<u32>(params.columns - 1u)) * params.b_column;
}

fn a_end(start: u32, l: u32) -> vec4<f32> {
  let last = params.length - 1u;
  let at = start + min(l + FOUR, vec4<u32>(last)) * a_step;
  let values = vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
  return select(vec4<f32>(), values, l + FOUR <= vec4<u32>(last));
}

// Four adjacent columns at depth l; `b_end` gives 0 past the end.
fn b_across(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let at = starts + l * b_step;
  return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
}

fn b_end(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let values = b_across(starts, min(l, params.length - 1u));
  return select(vec4<f32>(), values, l < params.length);
}

// The end of a part's depths.
fn part_end(part: u32) -> u32 {
  return min((part + 1u) * params.part_length, params.length);
}

// Stores 4 × 4 elements of C, one row per column of the matrix. Several parts are stored
// one after the other and merged later.
fn store(part: u32, i: u32, j: u32, values: mat4x4<f32>) {
  if (i >= params.rows || j >= params.columns) {
    return;
  }
  let at = params.offset_c + (part * params.rows + i) * params.c_row + j;
  let whole = j + 4u <= params.columns;
  var extra = vec4<f32>();
  if (params.has_bias == 1u) {
    let k = params.offset_bias + min(j + FOUR, vec4<u32>(params.columns - 1u));
    extra = vec4<f32>(bias[k.x], bias[k.y], bias[k.z], bias[k.w]);
  }
  put(at, whole, j, values[0] + extra);
  if (i + 1u < params.rows) {
    put(at + params.c_row, whole, j, values[1] + extra);
  }
  if (i + 2u < params.rows) {
    put(at + 2u * params.c_row, whole, j, values[2] + extra);
  }
  if (i + 3u < params.rows) {
    put(at + 3u * params.c_row, whole, j, values[3] + extra);
  }
}

// Stores four columns of a row, or as many as there are.
fn put(at: u32, whole: bool, j: u32, values: vec4<f32>) {
  if (whole) {
    let all = values + before(at, 3u);
    c[at] = all.x;
    c[at + 1u] = all.y;
    c[at + 2u] = all.z;
    c[at + 3u] = all.w;
    return;
  }
  let last = params.columns - 1u - j;
  let all = values + before(at, last);
  c[at] = all.x;
  if (last > 0u) {
    c[at + 1u] = all.y;
  }
  if (last > 1u) {
    c[at + 2u] = all.z;
  }
}

// The contents of C, if the product is added to them; else 0.
fn before(at: u32, last: u32) -> vec4<f32> {
  if (params.accumulate == 0u) {
    return vec4<f32>();
  }
  let k = at + min(FOUR, vec4<u32>(last));
  return vec4<f32>(c[k.x], c[k.y], c[k.z], c[k.w]);
}

// ---- shaders/product/workgroup.wgsl --------------------------------------------------------------
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
  a_step = params.a_step;
  b_step = params.b_step;
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
