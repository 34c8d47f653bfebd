// One element of the type f16, by its place in the binding.

fn store_single_data(i: u32, bits: u32) {
  data[i] = narrow(vec4<u32>(bits)).x;
}
