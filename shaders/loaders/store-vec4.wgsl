// One store a quad.

fn store_data(quad: u32, bits: vec4<u32>) {
  data[base_data + quad] = bits;
}

fn store_end_data(quad: u32, bits: vec4<u32>) {
  store_data(quad, bits);
}
