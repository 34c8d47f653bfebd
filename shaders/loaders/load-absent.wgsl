// An operation with one input has nothing in the other role.

fn load_data(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}
