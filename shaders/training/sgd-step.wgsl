// W ← W − α·dW; with momentum, v ← μ·v + dW and W ← W − α·v.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = (group.y * groups.x + group.x) * WORKGROUP_SIZE * ELEMENTS + lane;
  for (var k = 0u; k < ELEMENTS; k++) {
    let e = first + k * WORKGROUP_SIZE;
    if (e < params.count) {
      take(e);
    }
  }
}

fn take(e: u32) {
  let at = params.weight_offset + e;
  weight[at] -= params.learning_rate * direction(e);
}
