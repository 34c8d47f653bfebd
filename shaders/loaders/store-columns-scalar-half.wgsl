// Two stores an element of four columns of halves, one where the slab ends between
// them. Slabs are an even number of columns wide and start on a word: no word
// belongs to two invocations.

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + quad * params.inner;
  let pairs = narrow(bits);
  data[i.x / 2u] = pairs.x;
  if (i.z != i.y) {
    data[i.z / 2u] = pairs.y;
  }
}
