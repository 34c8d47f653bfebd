// Four stores a quad, none past the row's end.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  store_single_data(i, bits.x);
  store_single_data(i + 1u, bits.y);
  store_single_data(i + 2u, bits.z);
  store_single_data(i + 3u, bits.w);
}

fn store_end_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  store_single_data(i, bits.x);
  if (rest() > 1u) {
    store_single_data(i + 1u, bits.y);
  }
  if (rest() > 2u) {
    store_single_data(i + 2u, bits.z);
  }
}
