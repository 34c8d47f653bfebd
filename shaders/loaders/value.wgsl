// One value a row: a class index, a log-sum-exp, an upstream gradient. A step
// of 0 gives every row the same one.
// The composer instantiates this file for a role by renaming `data`.

fn value_data(row: u32) -> u32 {
  return data[params.offset_data + row * params.step_data];
}

fn put_data(row: u32, bits: u32) {
  data[params.offset_data + row] = bits;
}
