// provides: CHAIN, a_step, b_step, open_operands, a_starts, b_starts, a_along, a_end, b_across,
//   b_end, part_end, store
//
// A product's operands, by their strides: an element of A is at row i and depth l, one of
// B at depth l and column j. Either index may be the contiguous one.

const CHAIN = 32u;
const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

// Copies of uniforms that every load uses.
var<private> a_step: u32;
var<private> b_step: u32;

fn open_operands() {
  a_step = params.a_step;
  b_step = params.b_step;
}

// The starts of four adjacent rows of A, or columns of B. Rows past the last one repeat
// it; their results are not stored.
fn a_starts(i: u32) -> vec4<u32> {
  return params.offset_a + min(i + FOUR, vec4<u32>(params.rows - 1u)) * params.a_row;
}

fn b_starts(j: u32) -> vec4<u32> {
  return params.offset_b + min(j + FOUR, vec4<u32>(params.columns - 1u)) * params.b_column;
}

// Four adjacent elements along the depth from l on; `a_end` gives 0 past the end.
fn a_along(start: u32, l: u32) -> vec4<f32> {
  let s = a_step;
  let at = start + l * s;
  return vec4<f32>(a[at], a[at + s], a[at + 2u * s], a[at + 3u * s]);
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
