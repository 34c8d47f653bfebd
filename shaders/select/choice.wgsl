// provides: chosen, open_choice, aim, offer
// requires: product
//
// A choice among weighted candidates, in integers: nothing is rounded away beside a large
// weight, so that each candidate of a long tail is chosen as often as it should be. All
// are offered twice, in the same order: once to add up their weights, once to choose.

// What weights are multiplied by, to be 64-bit integers in two words, the upper first.
var<private> to_upper_word: f32;
var<private> goal: vec2<u32>;
var<private> passed: vec2<u32>;
var<private> chosen: u32;

// Begins a choice among weights whose sum is about `bound` (1 … 2³¹) or less. The sum is
// then below 2⁶³, and an integer stands for at most 2⁻⁶¹ of the bound.
fn open_choice(bound: f32) {
  let exponent = 283u - (bitcast<u32>(bound) >> 23u);
  to_upper_word = bitcast<f32>(exponent << 23u);
  passed = vec2<u32>();
}

// Begins to offer all candidates. The second time, when their weights are added up, the
// goal is `random` · 2⁻⁶⁴ of the sum, and below it.
fn aim(random: vec2<u32>) {
  let upper = product(random.x, passed.x);
  let middle = vec2<u32>(product(random.x, passed.y).x, product(random.y, passed.x).x);
  goal = wide_sum(wide_sum(upper, vec2<u32>(0u, middle.x)), vec2<u32>(0u, middle.y));
  passed = vec2<u32>();
}

// Chooses the last candidate of positive weight before which no more than the goal is passed.
fn offer(candidate: u32, weight: f32) {
  let next = wide_sum(passed, integer_of(weight));
  if (is_less(passed, next) && !is_less(goal, passed)) {
    chosen = candidate;
  }
  passed = next;
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

fn is_less(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}
