// One element of the type f16, by its place in the binding.

fn single_data(i: u32) -> u32 {
  return widen(vec4<f16>(data[i])).x;
}
