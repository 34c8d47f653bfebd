// Where a row starts whose elements are `inner` apart. Neighbouring invocations
// take neighbouring rows, which are neighbours in memory.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + (row / params.inner) * params.length * params.inner
    + row % params.inner;
}
