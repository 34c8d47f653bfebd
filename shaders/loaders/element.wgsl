// One element.

fn one_data(i: u32) -> u32 {
  return data[i];
}
