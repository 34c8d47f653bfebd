// One load a quad.

fn load_data(quad: u32) -> vec4<u32> {
  return data[base_data + quad];
}
