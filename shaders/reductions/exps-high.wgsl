// Σ exp(t) without an error that counts. Whole units of 2⁻²¹ of the terms are
// added apart from the rest of each: at most 8 terms of 2²¹ units to a chain, so
// that is exact. A chain's units are then split at 2⁻¹² the same way, exact over
// a block. What is rounded is the rest alone, less than 2⁻²¹ of a term.

struct Sums {
  exps: Sum,
  // What an operation sums besides, at most three.
  rest: RowF32x3,
}

var<private> sums: Sums;
var<private> chain_units: vec4<f32>;
var<private> chain_rest: vec4<f32>;
var<private> block_wholes: vec4<f32>;
var<private> block_units: vec4<f32>;
var<private> block_rest: vec4<f32>;

fn clear_exps() {
  sums = Sums();
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
}

fn add_exps(e: vec4<f32>) {
  let units = e * 0x1p+21f;
  let whole = trunc(units);
  chain_units += whole;
  chain_rest += opaque_quad(units - whole);
}

fn close_chain_of_exps(full: bool) {
  if (!full) {
    return;
  }
  let wholes = trunc(chain_units * 0x1p-9f);
  block_wholes += wholes;
  block_units += opaque_quad(chain_units - wholes * 0x1p+9f);
  block_rest += chain_rest;
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
}

fn close_block_of_exps(full: bool) {
  if (!full) {
    return;
  }
  let block = two_sum(sum_of(block_wholes) * 0x1p-12f, sum_of(block_units) * 0x1p-21f);
  let rest = Sum(RowF32(), sum_of(block_rest) * 0x1p-21f);
  sums.exps = plus(sums.exps, plus(block, rest));
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
}

fn merged(a: Sums, b: Sums) -> Sums {
  return Sums(plus(a.exps, b.exps), a.rest + b.rest);
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return Sums(
    subgroupShuffleXor(value.exps, lane_bits),
    subgroupShuffleXor(value.rest, lane_bits),
  );
}
