// Of a chunk, its largest key alone.

fn hold(step: u32, quad: u32) -> i32 {
  return key_of_quad(element_quad(quad));
}

fn keep_sums(row: u32, chunk: u32, first: u32, top: i32) {}
