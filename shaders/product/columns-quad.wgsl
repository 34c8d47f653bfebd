// provides: main, rounded_up, columns_from, columns_of_b, column_values
// requires: take_tile, b_step
//
// The four invocations of WGSL's quad, adjacent in a subgroup of any size, take tiles
// one below the other, which need the same columns of B: each invocation loads one of
// every four columns and broadcasts it.

// The start of this invocation's own column.
alias Columns = u32;

var<private> own: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  own = index % 4u;
  let first = (group.y * groups.x + group.x) * WORKGROUP_SIZE;
  take_tile(first + subgroup * size + index, group.z);
}

// Tiles in a column are padded to whole quads, so that a quad's invocations exit together.
fn rounded_up(tiles: u32) -> u32 {
  return (tiles + 3u) / 4u * 4u;
}

fn columns_from(j: u32) -> Columns {
  return params.offset_b + min(j + own, params.columns - 1u) * params.b_column;
}

// Four depths, one per column of the matrix.
fn columns_of_b(start: Columns, l: u32) -> mat4x4<f32> {
  let s = b_step;
  let at = start + l * s;
  let mine = vec4<f32>(b[at], b[at + s], b[at + 2u * s], b[at + 3u * s]);
  return transpose(mat4x4<f32>(
    quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u),
    quadBroadcast(mine, 3u),
  ));
}

// One depth.
fn column_values(start: Columns, l: u32) -> vec4<f32> {
  let mine = b[start + l * b_step];
  return vec4<f32>(
    quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u),
    quadBroadcast(mine, 3u),
  );
}
