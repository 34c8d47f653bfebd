// provides: base_data, open_data, load_data, load_padded_data, store_data
// requires: rows_from, single_data, store_single_data
// Quads of four columns, one element of each, in slabs of any width and at any
// alignment: four accesses. For packed halves `columns-packed.wgsl` takes the place of the
// loads and stores.

var<private> base_data: vec4<u32>;

fn open_data(row: u32) {
  let in_slab = rows_from(row) - (row / params.inner) * params.inner;
  base_data = params.offset_data + (row / params.inner) * params.length * params.inner
    + in_slab - params.axis_start * params.inner;
}

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + quad * params.inner;
  return vec4<u32>(single_data(i.x), single_data(i.y), single_data(i.z), single_data(i.w));
}

// Any quad, also one that lies past the row's end: no branch, nothing read outside the row.
fn load_padded_data(quad: u32, last: u32) -> vec4<u32> {
  return select(vec4<u32>(PADDING_DATA), load_data(min(quad, max(last, 1u) - 1u)), quad < last);
}

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + quad * params.inner;
  store_single_data(i.x, bits.x);
  store_single_data(i.y, bits.y);
  store_single_data(i.z, bits.z);
  store_single_data(i.w, bits.w);
}
