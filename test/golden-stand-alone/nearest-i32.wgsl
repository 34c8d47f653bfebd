struct Params {
  count: u32,
  x_offset: u32,
  y_offset: u32,
}

const WORKGROUP_SIZE = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

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

// The i32 nearest to a 64-bit integer, whose low word comes first.

fn take(e: u32) {
  let low = x[params.x_offset + 2u * e];
  let high = x[params.x_offset + 2u * e + 1u];
  // What fits is the low word, with its sign all over the high one.
  let fits = high == bitcast<u32>(bitcast<i32>(low) >> 31u);
  y[params.y_offset + e] = select(0x7fffffffu + (high >> 31u), low, fits);
}
