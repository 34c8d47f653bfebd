// provides: single_data, store_single_data
// requires: widen, narrow
//
// One element, by its place in the binding.

fn single_data(i: u32) -> u32 {
  if (PACKED) {
    return widen(vec2<u32>((data[i / 2u] >> (16u * (i % 2u))) & 0xffffu, 0u)).x;
  } else {
    if (HALF) {
      return widen(vec4<f16>(data[i])).x;
    } else {
      return data[i];
    }
  }
}

fn store_single_data(i: u32, bits: u32) {
  if (HALF) {
    data[i] = narrow(vec4<u32>(bits)).x;
  } else {
    data[i] = bits;
  }
}
