// The same of four columns, whose indices are four: an element of each.

fn quad_of(index: RowU32) -> RowU32 {
  return index;
}

fn is_place_of(index: RowU32) -> vec4<bool> {
  return vec4<bool>(true);
}

fn quad_at(quad: RowU32) -> vec4<u32> {
  return vec4<u32>(
    element_x(quad.x).x,
    element_x(quad.y).y,
    element_x(quad.z).z,
    element_x(quad.w).w,
  );
}
