// provides: element_result
// requires: single_x
//
// y = x in another element type.

fn element_result(e: u32) -> u32 {
  return single_x(params.offset_x + e);
}
