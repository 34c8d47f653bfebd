// provides: base_data, open_data, load_data, load_tail_data, store_data, store_tail_data
// requires: single_data, tail_length, store_single_data
// Quads of contiguous rows of any length and alignment: four accesses each. Elements past
// the row's end read as PADDING_DATA and are not stored. For packed halves `packed.wgsl`
// takes the place of the loads and stores.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + row * params.length - params.axis_start;
}

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad;
  return vec4<u32>(single_data(i), single_data(i + 1u), single_data(i + 2u), single_data(i + 3u));
}

fn load_tail_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad;
  var bits = vec4<u32>(single_data(i), PADDING_DATA, PADDING_DATA, PADDING_DATA);
  if (tail_length() > 1u) {
    bits.y = single_data(i + 1u);
  }
  if (tail_length() > 2u) {
    bits.z = single_data(i + 2u);
  }
  return bits;
}

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  store_single_data(i, bits.x);
  store_single_data(i + 1u, bits.y);
  store_single_data(i + 2u, bits.z);
  store_single_data(i + 3u, bits.w);
}

fn store_tail_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + 4u * quad;
  store_single_data(i, bits.x);
  if (tail_length() > 1u) {
    store_single_data(i + 1u, bits.y);
  }
  if (tail_length() > 2u) {
    store_single_data(i + 2u, bits.z);
  }
}
