// The two or three words that a quad of halves lies in. Past the row's end reads
// as PADDING_DATA.

fn load_data(quad: u32) -> vec4<u32> {
  return halves_data(base_data + 4u * quad, 4u);
}

fn load_end_data(quad: u32) -> vec4<u32> {
  let bits = halves_data(base_data + 4u * quad, rest());
  return select(vec4<u32>(PADDING_DATA), bits, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(rest()));
}

// So many halves from element `start` on, and after them anything.
fn halves_data(start: u32, count: u32) -> vec4<u32> {
  let first = start / 2u;
  let last = (start + count - 1u) / 2u;
  let words = vec3<u32>(data[first], data[min(first + 1u, last)], data[min(first + 2u, last)]);
  let shifted = (words.xy >> vec2<u32>(16u)) | (words.yz << vec2<u32>(16u));
  return widen(select(words.xy, shifted, start % 2u == 1u));
}
