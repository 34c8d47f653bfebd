// provides: lane, lanes, main, combine_max, combine_sums
// requires: run, RowF32x2, Sums
//
// One invocation works alone: nothing to combine, no barrier. Best on
// CPU-backed adapters, and where neighbouring invocations take neighbouring
// columns.

const lane = 0u;
const lanes = 1u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * WORKGROUP_SIZE + index;
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_max(value: RowF32x2) -> RowF32x2 {
  return value;
}

fn combine_sums(value: Sums) -> Sums {
  return value;
}
