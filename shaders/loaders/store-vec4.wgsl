// One store a quad.

fn store_data(quad: u32, bits: vec4<u32>) {
  data[base_data + quad] = bits;
}
