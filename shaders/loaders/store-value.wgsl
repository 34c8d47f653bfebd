// Writes one value a row.

fn put_data(row: u32, bits: u32) {
  data[params.offset_data + row] = bits;
}
