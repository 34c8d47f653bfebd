// provides: load_data, store_data
// requires: base_data, widen, narrow
// Quads of four columns of packed halves, one element of each, at any alignment.

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + quad * params.inner;
  let at = i / 2u;
  let words = vec4<u32>(data[at.x], data[at.y], data[at.z], data[at.w]);
  let halves = (words >> (16u * (i % 2u))) & vec4<u32>(0xffffu);
  return widen(halves.xz | (halves.yw << vec2<u32>(16u)));
}

// Two stores, or one where the slab ends between them. Slabs that are stored have an even
// number of columns and start on a word, so no two invocations share a word.
fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + quad * params.inner;
  let pairs = narrow(bits);
  data[i.x / 2u] = pairs.x;
  if (i.z != i.y) {
    data[i.z / 2u] = pairs.y;
  }
}
