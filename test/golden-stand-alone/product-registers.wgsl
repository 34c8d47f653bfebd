struct Params {
  rows: u32,
  columns: u32,
  length: u32,
  part_length: u32,
  parts: u32,
  a_offset: u32,
  a_row: u32,
  a_step: u32,
  b_offset: u32,
  b_column: u32,
  b_step: u32,
  bias_offset: u32,
  has_bias: u32,
  accumulate: u32,
  c_offset: u32,
  c_row: u32,
}

const WORKGROUP_SIZE = 16u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

// A product's operands, by their steps: an element of A is at row i and depth l,
// one of B at depth l and column j, whichever of the two lies side by side.

const CHAIN = 32u;
const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

// Where four neighbouring rows of A, or columns of B, start. Past the last one
// they start where it does; what comes of them is not stored.
fn a_starts(i: u32) -> vec4<u32> {
  return params.a_offset + min(i + FOUR, vec4<u32>(params.rows - 1u)) * params.a_row;
}

fn b_starts(j: u32) -> vec4<u32> {
  return params.b_offset + min(j + FOUR, vec4<u32>(params.columns - 1u)) * params.b_column;
}

// Four neighbours along the depth from l on; none past its end, where they are 0.
fn a_along(start: u32, l: u32) -> vec4<f32> {
  let s = params.a_step;
  let at = start + l * s;
  return vec4<f32>(a[at], a[at + s], a[at + 2u * s], a[at + 3u * s]);
}

fn a_end(start: u32, l: u32) -> vec4<f32> {
  let last = params.length - 1u;
  let at = start + min(l + FOUR, vec4<u32>(last)) * params.a_step;
  let values = vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
  return select(vec4<f32>(), values, l + FOUR <= vec4<u32>(last));
}

// Four neighbouring columns at depth l; 0 past its end.
fn b_across(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let at = starts + l * params.b_step;
  return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
}

fn b_end(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let values = b_across(starts, min(l, params.length - 1u));
  return select(vec4<f32>(), values, l < params.length);
}

// Where the depths of a part end.
fn part_end(part: u32) -> u32 {
  return min((part + 1u) * params.part_length, params.length);
}

// Stores 4 × 4 elements of C, a column of the matrix for each row; several parts
// lie one after the other, to be merged.
fn store(part: u32, i: u32, j: u32, values: mat4x4<f32>) {
  for (var r = 0u; r < 4u; r++) {
    if (i + r < params.rows) {
      store_row(params.c_offset + (part * params.rows + i + r) * params.c_row, j, values[r]);
    }
  }
}

fn store_row(row: u32, j: u32, values: vec4<f32>) {
  let left = params.columns - min(j, params.columns);
  if (left > 0u) {
    put(row, j, values.x);
  }
  if (left > 1u) {
    put(row, j + 1u, values.y);
  }
  if (left > 2u) {
    put(row, j + 2u, values.z);
  }
  if (left > 3u) {
    put(row, j + 3u, values.w);
  }
}

fn put(row: u32, j: u32, value: f32) {
  c[row + j] = finished(value, row + j, j);
}

// What becomes of a sum of products: a bias is added, or what is there already.
fn finished(sum: f32, at: u32, j: u32) -> f32 {
  var value = sum;
  if (params.has_bias == 1u) {
    value += bias[params.bias_offset + j];
  }
  if (params.accumulate == 1u) {
    value += c[at];
  }
  return value;
}

// An invocation takes a tile of 8 × 8 alone, in registers: the form for adapters
// where a barrier costs more than a load. With S the tile's transpose, four depths
// at a time are S += B·Aᵀ of 4 × 4 matrices.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  // Neighbours share columns of B.
  let tall = (params.rows + 7u) / 8u;
  let i = tile % tall * 8u;
  let j = tile / tall * 8u;
  if (j >= params.columns) {
    return;
  }
  let part = group.z;
  let end = part_end(part);
  let a0 = a_starts(i);
  let a1 = a_starts(i + 4u);
  let b0 = b_starts(j);
  let b1 = b_starts(j + 4u);
  var sum00 = mat4x4<f32>();
  var sum01 = mat4x4<f32>();
  var sum10 = mat4x4<f32>();
  var sum11 = mat4x4<f32>();
  for (var start = part * params.part_length; start < end; start += CHAIN) {
    var chain00 = mat4x4<f32>();
    var chain01 = mat4x4<f32>();
    var chain10 = mat4x4<f32>();
    var chain11 = mat4x4<f32>();
    let last = min(start + CHAIN, end);
    var l = start;
    for (; l + 4u <= last; l += 4u) {
      let p0 = rows_of_a(a0, l);
      let p1 = rows_of_a(a1, l);
      let q0 = columns_of_b(b0, l);
      let q1 = columns_of_b(b1, l);
      chain00 += q0 * p0;
      chain01 += q1 * p0;
      chain10 += q0 * p1;
      chain11 += q1 * p1;
    }
    if (l < last) {
      let p0 = mat4x4<f32>(a_end(a0.x, l), a_end(a0.y, l), a_end(a0.z, l), a_end(a0.w, l));
      let p1 = mat4x4<f32>(a_end(a1.x, l), a_end(a1.y, l), a_end(a1.z, l), a_end(a1.w, l));
      let q0 = mat4x4<f32>(b_end(b0, l), b_end(b0, l + 1u), b_end(b0, l + 2u), b_end(b0, l + 3u));
      let q1 = mat4x4<f32>(b_end(b1, l), b_end(b1, l + 1u), b_end(b1, l + 2u), b_end(b1, l + 3u));
      chain00 += q0 * p0;
      chain01 += q1 * p0;
      chain10 += q0 * p1;
      chain11 += q1 * p1;
    }
    sum00 += chain00;
    sum01 += chain01;
    sum10 += chain10;
    sum11 += chain11;
  }
  store(part, i, j, sum00);
  store(part, i, j + 4u, sum01);
  store(part, i + 4u, j, sum10);
  store(part, i + 4u, j + 4u, sum11);
}

fn rows_of_a(starts: vec4<u32>, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    a_along(starts.x, l), a_along(starts.y, l), a_along(starts.z, l), a_along(starts.w, l),
  );
}

fn columns_of_b(starts: vec4<u32>, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    b_across(starts, l), b_across(starts, l + 1u), b_across(starts, l + 2u), b_across(starts, l + 3u),
  );
}
