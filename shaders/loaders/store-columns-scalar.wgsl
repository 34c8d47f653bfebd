// Four stores an element of four columns.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + quad * params.inner;
  store_single_data(i.x, bits.x);
  store_single_data(i.y, bits.y);
  store_single_data(i.z, bits.z);
  store_single_data(i.w, bits.w);
}
