// What the sums were made of, the exponentials, is set aside where the result
// will be: one exp an element, for one more store. Good where arithmetic is what
// takes the time, as on CPU-backed adapters.

fn set_aside(quad: u32, kept: vec4<u32>) {
  store_y(quad, kept);
}

fn set_end_aside(quad: u32, kept: vec4<u32>) {
  store_end_y(quad, kept);
}
