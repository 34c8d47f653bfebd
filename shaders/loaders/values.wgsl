// One value of each of four rows. A step of 0 gives every row the same one.
// The composer instantiates this file for a role by renaming `data`.

fn value_data(row: u32) -> vec4<u32> {
  let i = params.offset_data + rows_from(row) * params.step_data;
  return vec4<u32>(data[i.x], data[i.y], data[i.z], data[i.w]);
}

fn put_data(row: u32, bits: vec4<u32>) {
  let i = params.offset_data + rows_from(row);
  data[i.x] = bits.x;
  data[i.y] = bits.y;
  data[i.z] = bits.z;
  data[i.w] = bits.w;
}
