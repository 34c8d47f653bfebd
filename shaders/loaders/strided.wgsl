// provides: base_data, open_data, load_data, load_tail_data, load_padded_data
// requires: single_data, tail_length, indices
//
// Quads of one row whose elements are `inner` apart. Neighbouring invocations take
// neighbouring rows, which are adjacent in memory. Elements past the row's end read as
// PADDING_DATA.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + (row / params.inner) * params.length * params.inner
    + row % params.inner;
}

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad * params.inner;
  return vec4<u32>(single_data(i), single_data(i + params.inner),
    single_data(i + 2u * params.inner), single_data(i + 3u * params.inner));
}

fn load_tail_data(quad: u32) -> vec4<u32> {
  let i = base_data + 4u * quad * params.inner;
  var bits = vec4<u32>(single_data(i), PADDING_DATA, PADDING_DATA, PADDING_DATA);
  if (tail_length() > 1u) {
    bits.y = single_data(i + params.inner);
  }
  if (tail_length() > 2u) {
    bits.z = single_data(i + 2u * params.inner);
  }
  return bits;
}

fn load_padded_data(quad: u32, last: u32) -> vec4<u32> {
  let k = indices(quad);
  let i = base_data + min(k, vec4<u32>(params.length - 1u)) * params.inner;
  let bits = vec4<u32>(single_data(i.x), single_data(i.y), single_data(i.z), single_data(i.w));
  return select(vec4<u32>(PADDING_DATA), bits, k < vec4<u32>(params.length));
}
