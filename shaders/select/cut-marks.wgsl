// provides: nibble, least_above, first_marked, without_first
//
// Marks: a bit for each element of a tile.

// A quad's four, of those in the bracket. What is dropped, or past the row's end, is −inf,
// whose key is below every bracket.
fn nibble(keys: vec4<i32>, low: i32, high: i32) -> u32 {
  let is_in = (keys >= vec4<i32>(low)) & (keys <= vec4<i32>(high));
  let four = select(vec4<u32>(), vec4<u32>(1u, 2u, 4u, 8u), is_in);
  return (four.x | four.y) | (four.z | four.w);
}

// The smallest key above the bracket.
fn least_above(keys: vec4<i32>, is_above: vec4<bool>) -> i32 {
  let above = select(vec4<i32>(0x7fffffff), keys, is_above);
  return min(min(above.x, above.y), min(above.z, above.w));
}

// Where a tile's first marked element is in it, and the marks of the others.
fn first_marked(marks: vec2<u32>) -> u32 {
  return select(32u + firstTrailingBit(marks.y), firstTrailingBit(marks.x), marks.x != 0u);
}

fn without_first(marks: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(marks.x & (marks.x - 1u), select(marks.y, marks.y & (marks.y - 1u), marks.x == 0u));
}
