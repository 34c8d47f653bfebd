// provides: open_data, load_data, store_data
// requires: rows_from, widen, single_data, narrow, store_single_data
//
// Quads of four columns, one element of each, in slabs of any width and at any
// alignment: four accesses.

var<private> base_data: vec4<u32>;

fn open_data(row: u32) {
  let in_slab = rows_from(row) - (row / params.inner) * params.inner;
  base_data = params.offset_data + (row / params.inner) * params.length * params.inner
    + in_slab - params.axis_start * params.inner;
}

fn load_data(quad: u32) -> vec4<u32> {
  if (PACKED) {
    let i = base_data + quad * params.inner;
    let at = i / 2u;
    let words = vec4<u32>(data[at.x], data[at.y], data[at.z], data[at.w]);
    let halves = (words >> (16u * (i % 2u))) & vec4<u32>(0xffffu);
    return widen(halves.xz | (halves.yw << vec2<u32>(16u)));
  } else {
    let i = base_data + quad * params.inner;
    return vec4<u32>(single_data(i.x), single_data(i.y), single_data(i.z), single_data(i.w));
  }
}

// Packed halves take two stores, or one where the slab ends between them. Slabs have an
// even number of columns and start on a word, so no two invocations share a word.
fn store_data(quad: u32, bits: vec4<u32>) {
  if (PACKED) {
    let i = base_data + quad * params.inner;
    let pairs = narrow(bits);
    data[i.x / 2u] = pairs.x;
    if (i.z != i.y) {
      data[i.z / 2u] = pairs.y;
    }
  } else {
    let i = base_data + quad * params.inner;
    store_single_data(i.x, bits.x);
    store_single_data(i.y, bits.y);
    store_single_data(i.z, bits.z);
    store_single_data(i.w, bits.w);
  }
}
