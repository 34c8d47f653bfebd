// Row n of the batch is row `rows[n]` of x; `missing` where there is no such row.

fn take(e: u32) {
  let row = rows[params.rows_offset + e / params.width];
  var value = params.missing;
  if (row < params.rows_of_x) {
    value = x[params.x_offset + row * params.width + e % params.width];
  }
  y[params.y_offset + e] = value;
}
