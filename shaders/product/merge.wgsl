// provides: main
//
// Adds up the parts of a product in order, in chains of 32.

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
  let at = params.offset_c + e / params.columns * params.c_row + j;
  if (params.has_bias == 1u) {
    sum += bias[params.offset_bias + j];
  }
  if (params.accumulate == 1u) {
    sum += c[at];
  }
  c[at] = sum;
}
