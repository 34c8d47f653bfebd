// One load an element of four columns.

fn load_data(quad: u32) -> vec4<u32> {
  return data[base_data + quad * (params.inner / 4u)];
}
