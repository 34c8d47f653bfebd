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

const WORKGROUP_SIZE = 8u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

// A product's operands, by their steps: an element of A is at row i and depth l,
// one of B at depth l and column j, whichever of the two lies side by side.

const CHAIN = 32u;
const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

// Uniforms that are asked for at every load.
var<private> a_step: u32;
var<private> b_step: u32;

fn open_operands() {
  a_step = params.a_step;
  b_step = params.b_step;
}

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

// Four neighbouring columns at depth l; 0 past its end.
fn b_across(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let at = starts + l * b_step;
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
  if (i >= params.rows || j >= params.columns) {
    return;
  }
  let at = params.c_offset + (part * params.rows + i) * params.c_row + j;
  let whole = j + 4u <= params.columns;
  var extra = vec4<f32>();
  if (params.has_bias == 1u) {
    let k = params.bias_offset + min(j + FOUR, vec4<u32>(params.columns - 1u));
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

// Stores four columns of a row, or those of them that there are.
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

// What is in C already, if it is to be added to.
fn before(at: u32, last: u32) -> vec4<f32> {
  if (params.accumulate == 0u) {
    return vec4<f32>();
  }
  let k = at + min(FOUR, vec4<u32>(last));
  return vec4<f32>(c[k.x], c[k.y], c[k.z], c[k.w]);
}

// An invocation takes a tile in registers: the form for adapters where a barrier
// costs more than a load. The tile is made of squares of 4 × 4, each with code of
// its own; they are composed after this file. Who loads the columns of B, a file
// `columns-…` knows.

fn take_tile(tile: u32, part: u32) {
  // Neighbours share columns of B.
  let tall = rounded_up((params.rows + TILE_ROWS - 1u) / TILE_ROWS);
  let i = tile % tall * TILE_ROWS;
  let j = tile / tall * TILE_COLUMNS;
  if (j >= params.columns) {
    return;
  }
  open_operands();
  let end = part_end(part);
  open_tile(i, j);
  for (var start = part * params.part_length; start < end; start += CHAIN) {
    clear_chains();
    let last = min(start + CHAIN, end);
    var l = start;
    for (; l + 4u <= last; l += 4u) {
      take_four(l);
    }
    for (; l < last; l++) {
      take_one(l);
    }
    close_chains();
  }
  // Not written out like the rest: it runs once a tile, and a square's stores are
  // more code than all its sums.
  for (var s = 0u; s < SQUARES; s++) {
    store(part, i + s / SQUARES_ACROSS * 4u, j + s % SQUARES_ACROSS * 4u, sums[s]);
  }
}

// Four depths of four rows, a row a column of the matrix.
fn rows_of_a(starts: vec4<u32>, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    a_along(starts.x, l), a_along(starts.y, l), a_along(starts.z, l), a_along(starts.w, l),
  );
}

// Four rows at one depth.
fn a_across(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let at = starts + l * a_step;
  return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
}

// An invocation loads the columns of B for itself, four at a time.

alias Columns = vec4<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  take_tile((group.y * groups.x + group.x) * WORKGROUP_SIZE + lane, group.z);
}

fn rounded_up(tiles: u32) -> u32 {
  return tiles;
}

fn columns_from(j: u32) -> Columns {
  return b_starts(j);
}

// Four depths, a depth a column of the matrix.
fn columns_of_b(starts: Columns, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    b_across(starts, l), b_across(starts, l + 1u), b_across(starts, l + 2u), b_across(starts, l + 3u),
  );
}

// One depth.
fn column_values(starts: Columns, l: u32) -> vec4<f32> {
  return b_across(starts, l);
}

const TILE_ROWS = 8u;
const TILE_COLUMNS = 4u;
const SQUARES = 2u;
const SQUARES_ACROSS = 1u;

var<private> sums: array<mat4x4<f32>, SQUARES>;
// The square at rows ROW and columns COLUMN of a tile. With S the transpose of
// what it is to be, four depths are S += B·Aᵀ.

var<private> chain_0_0: mat4x4<f32>;

fn four_0_0(a: mat4x4<f32>, b: mat4x4<f32>) {
  chain_0_0 += b * a;
}

fn one_0_0(a: vec4<f32>, b: vec4<f32>) {
  chain_0_0 += mat4x4<f32>(b * a.x, b * a.y, b * a.z, b * a.w);
}

// The square at rows ROW and columns COLUMN of a tile. With S the transpose of
// what it is to be, four depths are S += B·Aᵀ.

var<private> chain_1_0: mat4x4<f32>;

fn four_1_0(a: mat4x4<f32>, b: mat4x4<f32>) {
  chain_1_0 += b * a;
}

fn one_1_0(a: vec4<f32>, b: vec4<f32>) {
  chain_1_0 += mat4x4<f32>(b * a.x, b * a.y, b * a.z, b * a.w);
}

var<private> starts_a0: vec4<u32>;
var<private> starts_a1: vec4<u32>;
var<private> columns_b0: Columns;

fn open_tile(i: u32, j: u32) {
  starts_a0 = a_starts(i + 0u);
  starts_a1 = a_starts(i + 4u);
  columns_b0 = columns_from(j + 0u);
}

fn clear_chains() {
  chain_0_0 = mat4x4<f32>();
  chain_1_0 = mat4x4<f32>();
}

fn take_four(l: u32) {
  let a0 = rows_of_a(starts_a0, l);
  let a1 = rows_of_a(starts_a1, l);
  let b0 = columns_of_b(columns_b0, l);
  four_0_0(a0, b0);
  four_1_0(a1, b0);
}

fn take_one(l: u32) {
  let a0 = a_across(starts_a0, l);
  let a1 = a_across(starts_a1, l);
  let b0 = column_values(columns_b0, l);
  one_0_0(a0, b0);
  one_1_0(a1, b0);
}

fn close_chains() {
  sums[0] += chain_0_0;
  sums[1] += chain_1_0;
}
