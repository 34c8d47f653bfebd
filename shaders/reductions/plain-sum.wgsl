// provides: Sums, open_sums, join, add_block, end_sums, result, exp_of_log, not_a_log
// requires: RowF32x2, chain, term, poisons, Terms, sums, sum_of, RowF32, any_of, mapped, NAN,
//   FAR_BELOW, NEG_INF, is_special
//
// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

// Σ, and more than 0 if the row is poisoned.
alias Sums = RowF32x2;

var<private> poisoned: vec4<bool>;

fn open_sums(first: u32, last: u32) {
  poisoned = vec4<bool>();
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  chain += term(x, v);
  poisoned |= poisons(x, v);
}

fn add_block(terms: Terms) {
  sums[0] += sum_of(terms);
}

fn end_sums() {
  sums[1] = select(RowF32(), RowF32(1.0), any_of(poisoned));
}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums[1] > RowF32());
}

// exp of log-probabilities: −inf is a probability of 0; NaN and +inf are wrong.
fn exp_of_log(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  let e = exp(bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(FAR_BELOW))));
  return select(e, vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn not_a_log(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(NEG_INF));
}
