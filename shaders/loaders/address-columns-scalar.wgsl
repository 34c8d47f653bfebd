// Where four columns start, in slabs of any width and at any alignment.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: vec4<u32>;

fn open_data(row: u32) {
  let in_slab = rows_from(row) - (row / params.inner) * params.inner;
  base_data = params.offset_data + (row / params.inner) * params.length * params.inner
    + in_slab - params.axis_start * params.inner;
}
