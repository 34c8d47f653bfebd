// A quad of the row as the operation sees it: masked, and padded past the end.

fn element_x(quad: u32) -> vec4<u32> {
  if (HAS_MASK) {
    return masked(load_x(quad), load_mask(quad), quad);
  } else {
    return load_x(quad);
  }
}

fn end_x(quad: u32) -> vec4<u32> {
  if (HAS_MASK) {
    return masked(load_end_x(quad), load_end_mask(quad), quad);
  } else {
    return load_end_x(quad);
  }
}
