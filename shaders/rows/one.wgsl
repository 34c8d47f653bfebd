// provides: RowF32, RowI32, RowU32, RowBool, RowF32x2, RowF32x3, RowF32x4, row_of, rows_from,
//   quads, whole_quads, tail_length, indices, sum_of, greatest_i32, greatest_u32, least_u32,
//   least_f32, first_of, max_pair
//
// A quad is four elements of one row, so per-row values are scalars.

alias RowF32 = f32;
alias RowI32 = i32;
alias RowU32 = u32;
alias RowBool = bool;
alias RowF32x2 = vec2<f32>;
alias RowF32x3 = vec3<f32>;
alias RowF32x4 = vec4<f32>;

fn row_of(group: u32) -> u32 {
  return group;
}

fn rows_from(row: u32) -> RowU32 {
  return row;
}

fn quads() -> u32 {
  if (DEALT) {
    return (params.length + 4u * LANES - 1u) / (4u * LANES) * LANES;
  } else {
    return (params.length + 3u) / 4u;
  }
}

// The number of quads that lie wholly inside the row.
fn whole_quads() -> u32 {
  if (DEALT) {
    return params.length / (4u * LANES) * LANES;
  } else {
    return params.length / 4u;
  }
}

// The number of elements past the last whole quad.
fn tail_length() -> u32 {
  if (KNOWS_TAIL) {
    return TAIL_LENGTH;
  } else {
    return params.length % 4u;
  }
}

// The indices along the axis of a quad's four elements: neighbours or, DEALT out to LANES
// like cards, LANES apart.
fn indices(quad: u32) -> vec4<u32> {
  if (DEALT) {
    let first = quad / LANES * (4u * LANES) + quad % LANES;
    return vec4<u32>(first) + LANES * vec4<u32>(0u, 1u, 2u, 3u);
  } else {
    return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
  }
}

fn sum_of(v: vec4<f32>) -> RowF32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn greatest_i32(v: vec4<i32>) -> RowI32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn greatest_u32(v: vec4<u32>) -> RowU32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn least_u32(v: vec4<u32>) -> RowU32 {
  return min(min(v.x, v.y), min(v.z, v.w));
}

fn least_f32(v: vec4<f32>) -> RowF32 {
  return min(min(v.x, v.y), min(v.z, v.w));
}

// The value that all four elements share.
fn first_of(v: vec4<u32>) -> RowU32 {
  return v.x;
}

fn max_pair(a: RowF32x2, b: RowF32x2) -> RowF32x2 {
  return max(a, b);
}
