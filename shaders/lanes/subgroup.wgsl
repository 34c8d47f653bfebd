// provides: lanes, lane, main, combine_max, combine_sums
// requires: run, Sums, merged, shuffled
//
// LANES neighbouring lanes of a subgroup share a row, and the rows of a subgroup lie side by
// side. LANES is a power of two, at most the smallest size of a subgroup on the device.
// Values are exchanged by a butterfly of shuffles: every lane ends with the same bits, added
// in an order that LANES alone decides, whatever the subgroup's size.

const lanes = LANES;

var<private> lane: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  lane = index % LANES;
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let first = workgroup_index * WORKGROUP_SIZE + subgroup * size;
  let group = params.group_start + (first + index) / LANES;
  // The same for all that exchange values.
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_max(value: vec2<f32>) -> vec2<f32> {
  var result = value;
  for (var distance = 1u; distance < LANES; distance *= 2u) {
    result = max(result, subgroupShuffleXor(result, distance));
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  var result = value;
  for (var distance = 1u; distance < LANES; distance *= 2u) {
    result = merged(result, shuffled(result, distance));
  }
  return result;
}
