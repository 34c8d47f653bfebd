struct Params {
  count: u32,
  width: u32,
  missing: u32,
  rows_of_x: u32,
  x_offset: u32,
  rows_offset: u32,
  y_offset: u32,
}

const WORKGROUP_SIZE = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

// `take` for each of `count` elements, four an invocation, neighbours at once.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = (group.y * groups.x + group.x) * 4u * WORKGROUP_SIZE + lane;
  if (first + 3u * WORKGROUP_SIZE < params.count) {
    take(first);
    take(first + WORKGROUP_SIZE);
    take(first + 2u * WORKGROUP_SIZE);
    take(first + 3u * WORKGROUP_SIZE);
    return;
  }
  for (var e = first; e < params.count; e += WORKGROUP_SIZE) {
    take(e);
  }
}

// Row n of the batch is row `rows[n]` of x; `missing` where there is no such row.

fn take(e: u32) {
  let row = rows[params.rows_offset + e / params.width];
  var value = params.missing;
  if (row < params.rows_of_x) {
    value = x[params.x_offset + row * params.width + e % params.width];
  }
  y[params.y_offset + e] = value;
}
