// Where a row starts: rows are contiguous, of any length and alignment.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + row * params.length - params.axis_start;
}
