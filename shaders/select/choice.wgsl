// provides: chosen, open_choice, aim, offer
// requires: open_weights, product, wide_sum, integer_of, is_less
//
// A choice among weighted candidates, in integers: nothing is rounded away beside a large
// weight, so that each candidate of a long tail is chosen as often as it should be. All
// are offered twice, in the same order: once to add up their weights, once to choose.

var<private> goal: vec2<u32>;
var<private> passed: vec2<u32>;
var<private> chosen: u32;

// Begins a choice among weights whose sum is about `bound` (1 … 2³¹) or less.
fn open_choice(bound: f32) {
  open_weights(bound);
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
