// provides: lane, lanes, main, combine_max, combine_sums
// requires: run, Sums, merged, shuffled
//
// The lanes of one subgroup share a row. The size is a run-time value from 4
// to 128, a power of two. Values are exchanged by a butterfly of shuffles, so
// every lane ends with the same bits, added in an order fixed by the size.

var<private> lane: u32;
var<private> lanes: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  lane = index;
  lanes = size;
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * (WORKGROUP_SIZE / size) + subgroup;
  // The same for every lane of the subgroup.
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_max(value: vec2<f32>) -> vec2<f32> {
  var result = value;
  for (var distance = 1u; distance < lanes; distance *= 2u) {
    result = max(result, subgroupShuffleXor(result, distance));
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  var result = value;
  for (var distance = 1u; distance < lanes; distance *= 2u) {
    result = merged(result, shuffled(result, distance));
  }
  return result;
}
