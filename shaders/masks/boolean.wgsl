// A mask of u32: nonzero keeps an element, zero makes it −inf, whatever it was.

fn masked(bits: vec4<u32>, mask: vec4<u32>, quad: u32) -> vec4<u32> {
  return select(vec4<u32>(NEG_INF), bits, mask != vec4<u32>());
}
