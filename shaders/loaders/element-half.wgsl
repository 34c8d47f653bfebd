// One element of halves, two to a word.

fn one_data(i: u32) -> u32 {
  return widen(vec2<u32>(data[i / 2u] >> (16u * (i % 2u)), 0u)).x;
}
