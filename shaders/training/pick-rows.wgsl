// provides: take
//
// Row n of the batch is row `rows[n]` of x; `missing` where there is no such row.

fn take(e: u32) {
  let row = rows[params.offset_rows + e / params.width];
  var value = params.missing;
  if (row < params.rows_of_x) {
    value = x[params.offset_x + row * params.width + e % params.width];
  }
  y[params.offset_y + e] = value;
}
