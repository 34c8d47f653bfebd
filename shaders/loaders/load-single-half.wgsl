// One half, by its place in the binding.

fn single_data(i: u32) -> u32 {
  return widen(vec2<u32>((data[i / 2u] >> (16u * (i % 2u))) & 0xffffu, 0u)).x;
}
