// Two stores a quad of halves, none past the row's end. Rows are of even length
// and start on a word: no word belongs to two of them.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data / 2u + 2u * quad;
  let pairs = narrow(bits);
  data[i] = pairs.x;
  data[i + 1u] = pairs.y;
}

fn store_end_data(quad: u32, bits: vec4<u32>) {
  data[base_data / 2u + 2u * quad] = narrow(bits).x;
}
