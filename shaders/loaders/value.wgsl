// provides: value_data, put_data
// requires: RowU32, rows_from
//
// One value per row (in COLUMNS, one for each of four rows): a class index, a
// log-sum-exp, an upstream gradient. With a stride of 0 all rows share one value.

fn value_data(row: u32) -> RowU32 {
  if (COLUMNS) {
    let i = params.offset_data + rows_from(row) * params.stride_data;
    return vec4<u32>(data[i.x], data[i.y], data[i.z], data[i.w]);
  } else {
    return data[params.offset_data + row * params.stride_data];
  }
}

fn put_data(row: u32, bits: RowU32) {
  if (COLUMNS) {
    let i = params.offset_data + rows_from(row);
    data[i.x] = bits.x;
    data[i.y] = bits.y;
    data[i.z] = bits.z;
    data[i.w] = bits.w;
  } else {
    data[params.offset_data + row] = bits;
  }
}
