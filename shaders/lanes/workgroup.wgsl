// provides: lanes, lane, is_extra, main, combine_max, combine_sums
// requires: RowF32x2, Sums, run, max_pair, merged
//
// LANES invocations of a workgroup share a row. Workgroup memory combines their values in
// two levels, with two barriers: FAN lanes combine LANES / FAN values each, in slots that no
// other lane reads, then every lane combines those. All invocations take part: none diverges.

const lanes = LANES;

// Groups of lanes in a workgroup.
const GROUPS = WORKGROUP_SIZE / LANES;

var<private> lane: u32;
var<private> first_slot: u32;
// Past the last group: takes part in the barriers, and writes nothing.
var<private> is_extra: bool;
var<workgroup> shared_max: array<RowF32x2, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<Sums, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  if (SHARES_WORKGROUP) {
    let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
    var in_workgroup = index / LANES;
    lane = index % LANES;
    if (COLUMNS) {
      in_workgroup = index % GROUPS;
      lane = index / GROUPS;
    }
    first_slot = index - slot_in_group(lane);
    let group = params.group_start + workgroup_index * GROUPS + in_workgroup;
    is_extra = group >= params.group_end;
    run(min(group, params.group_end - 1u));
  } else {
    lane = index;
    let group = params.group_start + workgroup.y * workgroups.x + workgroup.x;
    if (group < params.group_end) {
      run(group);
    }
  }
}

// Where a lane's values are, from its group's first on.
fn slot_in_group(of_lane: u32) -> u32 {
  if (COLUMNS) {
    return of_lane * GROUPS;
  } else {
    return of_lane;
  }
}

fn slot_of(of_lane: u32) -> u32 {
  if (SHARES_WORKGROUP) {
    return first_slot + slot_in_group(of_lane);
  } else {
    return of_lane;
  }
}

fn combine_max(value: RowF32x2) -> RowF32x2 {
  shared_max[slot_of(lane)] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = value;
    for (var i = lane + FAN; i < LANES; i += FAN) {
      part = max_pair(part, shared_max[slot_of(i)]);
    }
    shared_max[slot_of(lane)] = part;
  }
  workgroupBarrier();
  var result = shared_max[slot_of(0u)];
  for (var i = 1u; i < FAN; i++) {
    result = max_pair(result, shared_max[slot_of(i)]);
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  shared_sums[slot_of(lane)] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = value;
    for (var i = lane + FAN; i < LANES; i += FAN) {
      part = merged(part, shared_sums[slot_of(i)]);
    }
    shared_sums[slot_of(lane)] = part;
  }
  workgroupBarrier();
  var result = shared_sums[slot_of(0u)];
  for (var i = 1u; i < FAN; i++) {
    result = merged(result, shared_sums[slot_of(i)]);
  }
  return result;
}
