// provides: open_weights, integer_of, wide_sum, wide_product, is_less
// requires: product
//
// Sums of weights as 64-bit integers in two words, the upper first: exact, in any order.

// What weights are multiplied by, to be such integers.
var<private> to_upper_word: f32;

// Begins sums of about `bound` (1 … 2³¹) or less: they are then below 2⁶³, and an integer
// stands for at most 2⁻⁶¹ of the bound.
fn open_weights(bound: f32) {
  let exponent = 283u - (bitcast<u32>(bound) >> 23u);
  to_upper_word = bitcast<f32>(exponent << 23u);
}

// A product by a power of two, a difference from the whole part: all of it is exact.
fn integer_of(weight: f32) -> vec2<u32> {
  let scaled = weight * to_upper_word;
  let whole = floor(scaled);
  return vec2<u32>(u32(whole), u32((scaled - whole) * 0x1p32));
}

fn wide_sum(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.y + b.y;
  return vec2<u32>(a.x + b.x + select(0u, 1u, low < a.y), low);
}

// n·a, where that is below 2⁶⁴.
fn wide_product(n: u32, a: vec2<u32>) -> vec2<u32> {
  let low = product(n, a.y);
  return vec2<u32>(n * a.x + low.x, low.y);
}

fn is_less(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}
