// provides: run
// requires: place_y, store_y, element_result
//
// A map over the elements of the output: four adjacent elements per invocation.

fn run(group: u32) {
  let place = place_y(group);
  // Before the first element this wraps around to a huge index.
  let e = place - params.offset_y;
  store_y(place, vec4<u32>(inside(e), inside(e + 1u), inside(e + 2u), inside(e + 3u)));
}

fn inside(e: u32) -> u32 {
  if (e < params.elements) {
    return element_result(e);
  }
  return 0u;
}
