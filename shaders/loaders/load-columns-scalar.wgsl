// Four loads an element of four columns.

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + quad * params.inner;
  return vec4<u32>(single_data(i.x), single_data(i.y), single_data(i.z), single_data(i.w));
}
