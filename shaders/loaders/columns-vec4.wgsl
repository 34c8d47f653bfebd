// Quads of four columns, one element of each: one vec4. Slabs are a multiple of four
// wide, and start on 16 bytes.
// The composer instantiates this file for a role by renaming `data`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = (params.offset_data + (row / params.inner) * params.length * params.inner
    + row % params.inner) / 4u - params.axis_start * (params.inner / 4u);
}

fn load_data(quad: u32) -> vec4<u32> {
  if (HALF) {
    return widen(data[base_data + quad * (params.inner / 4u)]);
  } else {
    return data[base_data + quad * (params.inner / 4u)];
  }
}

fn store_data(quad: u32, bits: vec4<u32>) {
  if (HALF) {
    data[base_data + quad * (params.inner / 4u)] = narrow(bits);
  } else {
    data[base_data + quad * (params.inner / 4u)] = bits;
  }
}
