// One store an element of four columns.

fn store_data(quad: u32, bits: vec4<u32>) {
  data[base_data + quad * (params.inner / 4u)] = bits;
}
