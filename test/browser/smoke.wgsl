// Doubles every element.
@group(0) @binding(0) var<storage, read_write> data: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&data)) { /* the last workgroup is not full */
    data[id.x] = 2.0 * data[id.x];
  }
}
