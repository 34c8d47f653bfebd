// provides: RowF32, RowI32, RowU32, RowBool, RowF32x2, RowF32x3, RowF32x4, row_of, rows_from,
//   quads, whole_quads, indices, sum_of, greatest_i32, greatest_u32, least_u32, least_f32,
//   first_of, max_pair
//
// A quad is one element of each of four adjacent rows, so per-row values are vec4s.
// For an axis that is not the last, where adjacent rows are adjacent in memory.
//
// A slab holds the `inner` rows of one outer index, taken four at a time. Where fewer
// than four are left the last one is repeated: one invocation computes and stores it
// more than once, with the same bits.

alias RowF32 = vec4<f32>;
alias RowI32 = vec4<i32>;
alias RowU32 = vec4<u32>;
alias RowBool = vec4<bool>;
alias RowF32x2 = mat2x4<f32>;
alias RowF32x3 = mat3x4<f32>;
alias RowF32x4 = mat4x4<f32>;

fn row_of(group: u32) -> u32 {
  let groups_in_slab = (params.inner + 3u) / 4u;
  let group_in_slab = interleaved(group % groups_in_slab, groups_in_slab);
  return (group / groups_in_slab) * params.inner + 4u * group_in_slab;
}

// Adjacent lanes take adjacent groups; or, where INTERLEAVE lanes interleave, groups four
// apart, so that each lane reads a cache line of its own and the lanes that follow find
// the remainder of the line in the cache.
fn interleaved(group: u32, groups: u32) -> u32 {
  let width = 4u * INTERLEAVE;
  let first = group - group % width;
  if (INTERLEAVE == 1u || first + width > groups) {
    return group;
  }
  return first + 4u * (group % INTERLEAVE) + (group % width) / INTERLEAVE;
}

fn rows_from(row: u32) -> RowU32 {
  let left = params.inner - 1u - row % params.inner;
  return row + min(vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(left));
}

fn quads() -> u32 {
  return params.length;
}

fn whole_quads() -> u32 {
  return params.length;
}

fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(quad);
}

fn sum_of(v: vec4<f32>) -> RowF32 {
  return v;
}

fn greatest_i32(v: vec4<i32>) -> RowI32 {
  return v;
}

fn greatest_u32(v: vec4<u32>) -> RowU32 {
  return v;
}

fn least_u32(v: vec4<u32>) -> RowU32 {
  return v;
}

fn least_f32(v: vec4<f32>) -> RowF32 {
  return v;
}

fn first_of(v: vec4<u32>) -> RowU32 {
  return v;
}

fn max_pair(a: RowF32x2, b: RowF32x2) -> RowF32x2 {
  return RowF32x2(max(a[0], b[0]), max(a[1], b[1]));
}
