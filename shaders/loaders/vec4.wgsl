// Quads of rows that are contiguous and start on 16 bytes: one vec4 each.
// The composer instantiates this file for a role by renaming `data`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = (params.offset_data + row * params.length) / 4u - params.axis_start / 4u;
}

fn load_data(quad: u32) -> vec4<u32> {
  if (HALF) {
    return widen(data[base_data + quad]);
  } else {
    return data[base_data + quad];
  }
}

fn store_data(quad: u32, bits: vec4<u32>) {
  if (HALF) {
    data[base_data + quad] = narrow(bits);
  } else {
    data[base_data + quad] = bits;
  }
}
