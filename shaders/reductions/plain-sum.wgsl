// A plain sum of the op's terms, and how many elements were not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

alias Sums = vec2<f32>;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> poisoned: vec4<u32>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  poisoned = vec4<u32>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  chain += term(x, v);
  poisoned |= select(vec4<u32>(), vec4<u32>(1u), poisons(x, v));
}

fn close_chain() {
  sums.x += sum_of(chain);
  sums.y = f32(poisoned.x | poisoned.y | poisoned.z | poisoned.w);
  chain = vec4<f32>();
}

// Nothing to rescale: the sum is not taken below a maximum.
fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}

fn settle(row: u32) {}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums.y > 0.0);
}
