// Where a row starts, in vec4s: rows are contiguous and start on 16 bytes.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = (params.offset_data + row * params.length) / 4u - params.axis_start / 4u;
}
