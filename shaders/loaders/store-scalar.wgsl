// Four stores a quad, none past the row's end.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  data[i] = bits.x;
  data[i + 1u] = bits.y;
  data[i + 2u] = bits.z;
  data[i + 3u] = bits.w;
}

fn store_end_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  data[i] = bits.x;
  if (rest() > 1u) {
    data[i + 1u] = bits.y;
  }
  if (rest() > 2u) {
    data[i + 2u] = bits.z;
  }
}
