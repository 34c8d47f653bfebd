// Where four columns start, in vec4s: slabs are a multiple of four wide, and start
// on 16 bytes.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = (params.offset_data + (row / params.inner) * params.length * params.inner
    + row % params.inner) / 4u - params.axis_start * (params.inner / 4u);
}
