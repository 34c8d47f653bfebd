struct Params {
  count: u32,
  weight_offset: u32,
  grad_offset: u32,
  velocity_offset: u32,
  learning_rate: f32,
  momentum: f32,
}

const WORKGROUP_SIZE = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> velocity: array<f32>;

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

// W ← W − α·dW; with momentum, v ← μ·v + dW and W ← W − α·v.

fn take(e: u32) {
  let at = params.weight_offset + e;
  weight[at] -= params.learning_rate * direction(e);
}

fn direction(e: u32) -> f32 {
  let at = params.velocity_offset + e;
  let v = params.momentum * velocity[at] + grad[params.grad_offset + e];
  velocity[at] = v;
  return v;
}
