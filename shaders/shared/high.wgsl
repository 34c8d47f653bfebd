// provides: Sum, one, plus, zero_where, ratio, log_of, log1p_of, begin_exps, exp_below_peak,
//   exp_of_logit, rescaled_sum, share_below, Sums, sums, beside_chain, clear_sums, add_exps,
//   close_chain, close_block, merged, shuffled
// requires: RowF32x2, RowF32, RowU32, RowBool, twice_atanh, log_accurate, log1p_accurate,
//   LN2_HIGH, LN2_LOW, peak, lowest_negative, lowest_positive, NEG_INF, first_of, RowF32x3,
//   sum_of
//
// Sums of exponentials and their terms with `precision: 'high'`. The same functions
// with one f32 in place of two are in `sum.wgsl`, `below-peak.wgsl` and
// `reductions/chains.wgsl`.

// A row's sum of exponentials is two f32s, whose exact sum it is: the second is
// no more than a rounding of the first.
//
// What a compiler must not reassociate (WGSL lets it) goes through `opaque`: an
// XOR with a uniform that is always 0. The self-test of `src/self-test/high.ts`
// finds compilers that see through it.

alias Sum = RowF32x2;

fn opaque(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) ^ RowU32(params.opaque_zero));
}

fn opaque_quad(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4<u32>(params.opaque_zero));
}

// a + b exactly, for |a| >= |b|.
fn two_sum_ordered(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  return Sum(sum, b - opaque(sum - a));
}

// a + b exactly.
fn two_sum(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  let of_b = opaque(sum - a);
  let of_a = opaque(sum - of_b);
  return Sum(sum, opaque(a - of_a) + opaque(b - of_b));
}

// Its first 12 significant bits: the product of two such is exact.
fn head(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) & RowU32(0xfffff000u));
}

// a·b to about 36 bits: the product of the heads, exactly, and the rest.
fn two_product(a: RowF32, b: RowF32) -> Sum {
  let a_tail = opaque(a - head(a));
  let b_tail = opaque(b - head(b));
  return Sum(head(a) * head(b), (head(a) * b_tail + a_tail * head(b)) + a_tail * b_tail);
}

fn one() -> Sum {
  return Sum(RowF32(1.0), RowF32());
}

fn plus(a: Sum, b: Sum) -> Sum {
  let sum = two_sum(a[0], b[0]);
  return two_sum_ordered(sum[0], sum[1] + (a[1] + b[1]));
}

fn times(a: Sum, b: Sum) -> Sum {
  let product = two_product(a[0], b[0]);
  return two_sum_ordered(product[0], product[1] + (a[0] * b[1] + a[1] * b[0]));
}

fn zero_where(condition: RowBool, sum: Sum) -> Sum {
  return Sum(select(sum[0], RowF32(), condition), select(sum[1], RowF32(), condition));
}

// a / b, rounded once: the quotient of the first parts and a step of Newton's.
fn ratio(a: Sum, b: Sum) -> RowF32 {
  let inverse = 1.0 / b[0];
  let quotient = opaque(a[0] * inverse);
  let product = two_product(quotient, b[0]);
  let rest = (opaque(a[0] - product[0]) - product[1]) + (a[1] - quotient * b[1]);
  return quotient + rest * inverse;
}

// Of a row's whole sum: the maximum's term alone is 1. Where the others are
// little beside it the logarithm is of the others, to relative precision.
fn log_of(sum: Sum) -> RowF32 {
  let others = max(opaque(sum[0] - 1.0) + sum[1], RowF32());
  let near_1 = twice_atanh(others / (2.0 + others));
  let first = max(sum[0], RowF32(1.0));
  return select(log_accurate(first) + sum[1] / first, near_1, others < RowF32(0.41));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum[0]);
}

// exp of t = t_high + t_low within half a unit and the last rounding, as what is
// to be added to 1 and a power of two: exp t = (1 + [0])·[1], for t of −200 … 88.
//
// t = n·ln 2 + r. The first difference is exact, the other two terms are small.
// A power below 2⁻¹²⁶ is 0. The polynomial is the best of its degree on
// |r| <= ln 2 / 2, and errs by 2⁻²⁸.
fn exp_parts(t_high: vec4<f32>, t_low: vec4<f32>) -> mat2x4<f32> {
  let n = floor((t_high + t_low) * 1.4426950408889634 + 0.5);
  let r = opaque_quad(t_high - n * LN2_HIGH) + (t_low - n * LN2_LOW);
  let p = 0.49999994 + r * (0.16666521 + r * (0.04166839 + r * (0.008368711 + r * 0.001381461)));
  let exponent = vec4<u32>(max(vec4<i32>(n) + 127, vec4<i32>()));
  return mat2x4<f32>(r + r * r * p, bitcast<vec4<f32>>(exponent << vec4<u32>(23u)));
}

// Exponentials below the row's maximum within about an ULP, whatever the scale
// and the distance: t = s·(x − max) is made in two parts, so that it is exact but
// for 2⁻²⁶.
//
// Logits are measured in steps, a power of two such that a step changes t by
// 2⁻⁵ … 2⁻⁴. Whole steps and the rest of one are subtracted apart: a difference
// of whole steps has at most 12 bits where exp does not vanish, so its product
// with the first 12 bits of the step is exact. A maximum so large that its
// neighbours are more than a step apart is measured in those; then there are no
// rests.

var<private> steps_per_unit: RowF32;
var<private> step: RowF32;
var<private> step_head: RowF32;
var<private> step_tail: RowF32;
var<private> peak_whole: RowF32;
var<private> peak_rest: RowF32;

fn begin_exps() {
  // Exponents: 5 more than the scale's, and at most 24 less than the maximum's,
  // turned round. Powers of two are inverted by their bits.
  let by_scale = RowU32((bitcast<u32>(params.scale) & 0x7f800000u) + 0x02800000u);
  let by_peak = RowU32(0x8b000000u) - (bitcast<RowU32>(peak[0]) & RowU32(0x7f800000u));
  let exponent = min(by_scale, by_peak);
  steps_per_unit = bitcast<RowF32>(exponent);
  // A step over 2⁹ leaves nothing of the exponential; it must only not overflow.
  step = min(RowF32(params.scale), 0x1p+9 * steps_per_unit)
    * bitcast<RowF32>(RowU32(0x7f000000u) - exponent);
  step_head = head(step);
  step_tail = step - step_head;
  peak_whole = trunc(peak[0] * steps_per_unit);
  peak_rest = peak[0] * steps_per_unit - peak_whole;
}

// exp(t) of each element in the parts of `exp_parts`.
fn parts_below_peak(bits: vec4<u32>) -> mat2x4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  let steps = x * steps_per_unit;
  let whole = trunc(steps);
  let wholes = whole - peak_whole;
  let rests = opaque_quad(steps - whole) - peak_rest;
  return exp_parts(step_head * wholes, step_tail * wholes + step * rests);
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN it gives
// anything, and nobody looks.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let parts = parts_below_peak(bits);
  return select((1.0 + parts[0]) * parts[1], vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  // The guards are little beside the rest: plain rows have them too.
  return exp_below_peak(bits);
}

// exp(t) of one logit of each row, as a mantissa and a power of two.
struct Factor {
  mantissa: Sum,
  power: RowF32,
}

fn factor_of(x: RowF32) -> Factor {
  let parts = parts_below_peak(vec4<u32>(bitcast<RowU32>(x)));
  return Factor(two_sum_ordered(RowF32(1.0), first_part(parts[0])), first_part(parts[1]));
}

fn first_part(quad: vec4<f32>) -> RowF32 {
  return bitcast<RowF32>(first_of(bitcast<vec4<u32>>(quad)));
}

// A sum taken below `part_peak`, as one below the maximum.
fn rescaled_sum(sum: Sum, part_peak: RowF32) -> Sum {
  let factor = factor_of(part_peak);
  let product = times(sum, factor.mantissa);
  return Sum(product[0] * factor.power, product[1] * factor.power);
}

// What an exponential taken below `part_peak` is multiplied by to be a probability.
fn share_below(part_peak: RowF32, total: Sum) -> RowF32 {
  let factor = factor_of(part_peak);
  return ratio(factor.mantissa, total) * factor.power;
}

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
var<private> beside_chain: mat3x4<f32>;
var<private> beside_block: mat3x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
  if (SUMS_BESIDE) {
    beside_chain = mat3x4<f32>();
    beside_block = mat3x4<f32>();
  }
}

fn add_exps(e: vec4<f32>) {
  let units = e * 0x1p+21f;
  let whole = trunc(units);
  chain_units += whole;
  chain_rest += opaque_quad(units - whole);
}

fn close_chain(full: bool) {
  if (MASKED && !full) {
    return;
  }
  let wholes = trunc(chain_units * 0x1p-9f);
  block_wholes += wholes;
  block_units += opaque_quad(chain_units - wholes * 0x1p+9f);
  block_rest += chain_rest;
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
  if (SUMS_BESIDE) {
    beside_block += beside_chain;
    beside_chain = mat3x4<f32>();
  }
}

fn close_block(full: bool) {
  if (MASKED && !full) {
    return;
  }
  let block = two_sum(sum_of(block_wholes) * 0x1p-12f, sum_of(block_units) * 0x1p-21f);
  let rest = Sum(RowF32(), sum_of(block_rest) * 0x1p-21f);
  sums.exps = plus(sums.exps, plus(block, rest));
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
  if (SUMS_BESIDE) {
    sums.rest += RowF32x3(
      sum_of(beside_block[0]),
      sum_of(beside_block[1]),
      sum_of(beside_block[2]),
    );
    beside_block = mat3x4<f32>();
  }
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
