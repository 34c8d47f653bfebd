// provides: Sums, open_sums, add_quad, add_span, end_sums, output_quad, exp_of_log, not_a_log
// requires: RowF32x2, chain, term, is_invalid, Terms, sums, sum_of, RowF32, RowBool, output_of,
//   NAN, FLT_MAX_BITS, FAR_BELOW, NEG_INF, is_special
//
// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

// Σ, and more than 0 if the row is invalid.
alias Sums = RowF32x2;

var<private> invalid: vec4<bool>;

fn open_sums(first: u32, last: u32) {
  invalid = vec4<bool>();
}

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  chain += term(x, v);
  invalid |= is_invalid(x, v);
}

fn add_span(terms: Terms) {
  sums[0] += sum_of(terms);
}

fn end_sums() {
  sums[1] = select(RowF32(), RowF32(1.0), any_of(invalid));
}

fn any_of(v: vec4<bool>) -> RowBool {
  if (COLUMNS) {
    return v;
  } else {
    return any(v);
  }
}

fn output_quad(quad: u32, x: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(output_of(x, v)), vec4<u32>(NAN), sums[1] > RowF32());
}

// exp of log-probabilities: −inf is a probability of 0; NaN and +inf are wrong.
fn exp_of_log(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(FLT_MAX_BITS)));
  let e = exp(bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(FAR_BELOW))));
  return select(e, vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn not_a_log(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(NEG_INF));
}
