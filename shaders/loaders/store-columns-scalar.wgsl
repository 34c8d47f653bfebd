// Four stores an element of four columns.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + quad * params.inner;
  data[i.x] = bits.x;
  data[i.y] = bits.y;
  data[i.z] = bits.z;
  data[i.w] = bits.w;
}

fn store_end_data(quad: u32, bits: vec4<u32>) {
  store_data(quad, bits);
}
