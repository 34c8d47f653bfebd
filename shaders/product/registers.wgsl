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
