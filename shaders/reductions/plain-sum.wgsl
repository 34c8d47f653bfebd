// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

// x: Σ, y: more than 0 if the row is poisoned.
alias Sums = vec2<f32>;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> poisoned: vec4<bool>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
  poisoned = vec4<bool>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  chain += term(x, v);
  poisoned |= poisons(x, v);
}

fn close_chain() {
  block += chain;
  chain = vec4<f32>();
}

fn close_block() {
  sums.x += sum_of(block);
  sums.y = select(0.0, 1.0, any(poisoned));
  block = vec4<f32>();
}

// Nothing to rescale: the sum is not taken below a maximum.
fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}

fn settle(row: u32) {}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums.y > 0.0);
}
