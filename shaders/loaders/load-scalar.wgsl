// Four loads a quad. Past the row's end reads as PADDING_DATA.

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad;
  return vec4<u32>(single_data(i), single_data(i + 1u), single_data(i + 2u), single_data(i + 3u));
}

fn load_end_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad;
  var bits = vec4<u32>(single_data(i), PADDING_DATA, PADDING_DATA, PADDING_DATA);
  if (rest() > 1u) {
    bits.y = single_data(i + 1u);
  }
  if (rest() > 2u) {
    bits.z = single_data(i + 2u);
  }
  return bits;
}
