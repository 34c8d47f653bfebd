// Where a row starts, at any stride and alignment: element k of a row lies
// `inner` after element k − 1 (1 where the axis is the last), so neighbouring
// rows are neighbours in memory where the axis is not the last.
// The composer instantiates this file for a role by renaming `data`.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data
    + (row / params.inner) * params.length * params.inner + row % params.inner
    - params.axis_start * params.inner;
}
