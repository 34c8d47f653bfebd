struct Params {
  rows: u32,
  columns: u32,
  length: u32,
  part_length: u32,
  parts: u32,
  a_offset: u32,
  a_row: u32,
  a_step: u32,
  b_offset: u32,
  b_column: u32,
  b_step: u32,
  bias_offset: u32,
  has_bias: u32,
  accumulate: u32,
  c_offset: u32,
  c_row: u32,
}

const WORKGROUP_SIZE = 64u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// Adds up the parts of a product, in their order: in chains of 32, and those.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let e = (group.y * groups.x + group.x) * WORKGROUP_SIZE + lane;
  let size = params.rows * params.columns;
  if (e >= size) {
    return;
  }
  var sum = 0.0;
  for (var start = 0u; start < params.parts; start += 32u) {
    var chain = 0.0;
    let end = min(start + 32u, params.parts);
    for (var part = start; part < end; part++) {
      chain += a[part * size + e];
    }
    sum += chain;
  }
  let j = e % params.columns;
  let at = params.c_offset + e / params.columns * params.c_row + j;
  if (params.has_bias == 1u) {
    sum += bias[params.bias_offset + j];
  }
  if (params.accumulate == 1u) {
    sum += c[at];
  }
  c[at] = sum;
}
