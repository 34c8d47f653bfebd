// One element, by its place in the binding.

fn single_data(i: u32) -> u32 {
  return data[i];
}
