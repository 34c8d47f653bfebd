// provides: main
// requires: take
//
// Calls `take` for each of `count` elements: four per invocation, adjacent invocations on
// adjacent elements.

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
