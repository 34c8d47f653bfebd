// One store an element of four columns of halves.

fn store_data(quad: u32, bits: vec4<u32>) {
  data[base_data + quad * (params.inner / 4u)] = narrow(bits);
}
