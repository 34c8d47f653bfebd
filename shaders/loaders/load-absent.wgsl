// An operation without this role has nothing in it.

fn load_data(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn load_end_data(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}
