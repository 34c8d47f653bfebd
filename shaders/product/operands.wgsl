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
