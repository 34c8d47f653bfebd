// One element, by its place in the binding.

fn store_single_data(i: u32, bits: u32) {
  data[i] = bits;
}
