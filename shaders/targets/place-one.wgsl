// Where an index of a row is: in which quad, at which of its places. And a quad
// by its number, which may be the last.

fn quad_of(index: RowU32) -> RowU32 {
  return index / 4u;
}

fn is_place_of(index: RowU32) -> vec4<bool> {
  return vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(index % 4u);
}

fn quad_at(quad: RowU32) -> vec4<u32> {
  if (RAGGED && quad >= whole_quads()) {
    return end_x(quad);
  }
  return element_x(quad);
}
