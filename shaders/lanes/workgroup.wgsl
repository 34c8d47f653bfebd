// The invocations of one workgroup share a row and combine their values in a
// tree through workgroup memory. The group is the same for the whole
// workgroup, so no barrier diverges.

var<private> lane: u32;
var<workgroup> shared_peak: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<Sums, WORKGROUP_SIZE>;

fn lanes() -> u32 {
  return WORKGROUP_SIZE;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  lane = index;
  let group = params.group_start + workgroup.y * workgroups.x + workgroup.x;
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_peak(value: vec2<f32>) -> vec2<f32> {
  shared_peak[lane] = value;
  for (var distance = WORKGROUP_SIZE / 2u; distance > 0u; distance /= 2u) {
    workgroupBarrier();
    if (lane < distance) {
      shared_peak[lane] = max(shared_peak[lane], shared_peak[lane + distance]);
    }
  }
  workgroupBarrier();
  return shared_peak[0];
}

fn combine_sums(value: Sums) -> Sums {
  shared_sums[lane] = value;
  for (var distance = WORKGROUP_SIZE / 2u; distance > 0u; distance /= 2u) {
    workgroupBarrier();
    if (lane < distance) {
      shared_sums[lane] += shared_sums[lane + distance];
    }
  }
  workgroupBarrier();
  return shared_sums[0];
}
