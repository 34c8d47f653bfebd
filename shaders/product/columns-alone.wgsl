// provides: main, rounded_up, columns_from, columns_of_b, column_values
// requires: take_tile, b_starts, b_across
//
// Each invocation loads its own columns of B, four at a time.

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

// Four depths, one per column of the matrix.
fn columns_of_b(starts: Columns, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    b_across(starts, l), b_across(starts, l + 1u), b_across(starts, l + 2u), b_across(starts, l + 3u),
  );
}

// One depth.
fn column_values(starts: Columns, l: u32) -> vec4<f32> {
  return b_across(starts, l);
}
