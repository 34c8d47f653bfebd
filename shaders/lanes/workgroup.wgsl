// provides: lanes, lane, main, combine_max, combine_sums
// requires: Sums, run, merged
//
// The invocations of one workgroup share a row and combine their values through
// workgroup memory, in two levels: FAN lanes combine FAN values each, in slots that no
// other lane reads, then every lane combines those FAN results. Two barriers; a binary
// tree would take eight. The group is the same for the whole workgroup: none diverges.

const lanes = WORKGROUP_SIZE;

var<private> lane: u32;
var<workgroup> shared_max: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<Sums, WORKGROUP_SIZE>;

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

fn combine_max(value: vec2<f32>) -> vec2<f32> {
  shared_max[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = shared_max[lane];
    for (var i = lane + FAN; i < WORKGROUP_SIZE; i += FAN) {
      part = max(part, shared_max[i]);
    }
    shared_max[lane] = part;
  }
  workgroupBarrier();
  var result = shared_max[0];
  for (var i = 1u; i < FAN; i++) {
    result = max(result, shared_max[i]);
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  shared_sums[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = shared_sums[lane];
    for (var i = lane + FAN; i < WORKGROUP_SIZE; i += FAN) {
      part = merged(part, shared_sums[i]);
    }
    shared_sums[lane] = part;
  }
  workgroupBarrier();
  var result = shared_sums[0];
  for (var i = 1u; i < FAN; i++) {
    result = merged(result, shared_sums[i]);
  }
  return result;
}
