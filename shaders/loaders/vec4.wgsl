// provides: base_data, open_data, place_data, load_data, load_padded_data, store_data
// requires: widen, narrow
//
// Quads of one vec4 each, addressed in vec4s: rows or, in COLUMNS, slabs aligned to 16 bytes,
// a multiple of four wide. Padded quads may lie past the row's end.

var<private> base_data: u32;

fn open_data(row: u32) {
  if (COLUMNS) {
    base_data = (params.offset_data + (row / params.inner) * params.length * params.inner
      + row % params.inner) / 4u - params.axis_start * (params.inner / 4u);
  } else {
    base_data = (params.offset_data + row * params.length) / 4u - params.axis_start / 4u;
  }
}

fn place_data(quad: u32) -> u32 {
  if (COLUMNS) {
    return base_data + quad * (params.inner / 4u);
  } else {
    return base_data + quad;
  }
}

fn load_data(quad: u32) -> vec4<u32> {
  if (HALF) {
    return widen(data[place_data(quad)]);
  } else {
    return data[place_data(quad)];
  }
}

fn load_padded_data(quad: u32, last: u32) -> vec4<u32> {
  return select(vec4<u32>(PADDING_DATA), load_data(min(quad, max(last, 1u) - 1u)), quad < last);
}

fn store_data(quad: u32, bits: vec4<u32>) {
  if (HALF) {
    data[place_data(quad)] = narrow(bits);
  } else {
    data[place_data(quad)] = bits;
  }
}
