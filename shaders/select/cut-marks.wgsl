// provides: raw_keys_of, raw_from, raw_to, key_of_raw, nibble, least_above, first_marked,
//   without_first
//
// Marks: a bit for each element of a tile.

// Elements as integers that order as their keys do, in fewer steps than these: −0 is one below 0,
// and what is negative one below its key. For rows without a NaN.
fn raw_keys_of(bits: vec4<u32>) -> vec4<i32> {
  let signed = vec4<i32>(bits);
  return signed ^ ((signed >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff));
}

// The first raw key of a key, and the last.
fn raw_from(key: i32) -> i32 {
  return key - select(0, 1, key <= 0);
}

fn raw_to(key: i32) -> i32 {
  return key - select(0, 1, key < 0);
}

fn key_of_raw(raw: i32) -> i32 {
  return raw + select(0, 1, raw < 0);
}

// Marks of a quad. What is dropped, or past the row's end, is −inf, which is below every bracket.
fn nibble(is_in: vec4<bool>) -> u32 {
  let four = select(vec4<u32>(), vec4<u32>(1u, 2u, 4u, 8u), is_in);
  return (four.x | four.y) | (four.z | four.w);
}

// The smallest raw key above the bracket.
fn least_above(raw: vec4<i32>, is_above: vec4<bool>) -> i32 {
  let above = select(vec4<i32>(0x7fffffff), raw, is_above);
  return min(min(above.x, above.y), min(above.z, above.w));
}

// Where a tile's first marked element is in it, and the marks of the others.
fn first_marked(marks: vec2<u32>) -> u32 {
  return select(32u + firstTrailingBit(marks.y), firstTrailingBit(marks.x), marks.x != 0u);
}

fn without_first(marks: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(marks.x & (marks.x - 1u), select(marks.y, marks.y & (marks.y - 1u), marks.x == 0u));
}
