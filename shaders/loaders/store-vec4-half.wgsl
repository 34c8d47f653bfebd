// One store a quad of halves.

fn store_data(quad: u32, bits: vec4<u32>) {
  data[base_data + quad] = narrow(bits);
}
