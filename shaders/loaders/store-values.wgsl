// Writes one value of each of four rows.

fn put_data(row: u32, bits: vec4<u32>) {
  let i = params.offset_data + rows_from(row);
  data[i.x] = bits.x;
  data[i.y] = bits.y;
  data[i.z] = bits.z;
  data[i.w] = bits.w;
}
