// provides: Sum, one, plus, ratio, log_of, log1p_of, begin_exps, exp_below_max, exp_of_logit,
//   rescaled_sum, share_below, Sums, sums, beside_chain, clear_sums, add_exps, close_chain,
//   close_span, merged, shuffled
// requires: RowF32x2, RowF32, RowU32, twice_atanh, log_accurate, log1p_accurate, LN2_HIGH,
//   LN2_LOW, row_max, lowest_negative, lowest_positive, NEG_INF, first_of, RowF32x3, sum_of
//
// Sums of exponentials and their terms with `precision: high`. `sum.wgsl`,
// `below-max.wgsl` and `reductions/chains.wgsl` define the same functions with one f32
// in place of two.

// A row's sum of exponentials is the unevaluated sum of two f32s, the second no larger
// than a rounding error of the first.
//
// Values that a compiler must not reassociate (WGSL permits it) go through `opaque`: an
// XOR with a uniform that is always 0. The self-test of `src/high.ts` detects
// compilers that see through it.

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

// The first 12 significant bits of x: the product of two such numbers is exact.
fn head(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) & RowU32(0xfffff000u));
}

// a·b to about 36 bits: the product of the high parts, exactly, and the remainder.
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

// a / b, rounded once: the quotient of the first parts, corrected by one Newton step.
fn ratio(a: Sum, b: Sum) -> RowF32 {
  let inverse = 1.0 / b[0];
  let quotient = opaque(a[0] * inverse);
  let product = two_product(quotient, b[0]);
  let remainder = (opaque(a[0] - product[0]) - product[1]) + (a[1] - quotient * b[1]);
  return quotient + remainder * inverse;
}

// The logarithm of a whole row's sum, in which the maximum's term is 1. Where the other
// terms are small it is log1p of those, accurate in relative terms.
fn log_of(sum: Sum) -> RowF32 {
  let others = max(opaque(sum[0] - 1.0) + sum[1], RowF32());
  let near_1 = twice_atanh(others / (2.0 + others));
  let first = max(sum[0], RowF32(1.0));
  return select(log_accurate(first) + sum[1] / first, near_1, others < RowF32(0.41));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum[0]);
}

// exp of t = t_high + t_low within half a unit and the last rounding, as expm1 of the
// reduced argument and a power of two: exp t = (1 + [0])·[1], for t in [−200, 88].
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

// Exponentials relative to the row's maximum within about one ULP, whatever the scale
// and the distance: t = s·(x − max) is computed in two parts, exact up to 2⁻²⁶.
//
// Logits are measured in quanta, powers of two such that one quantum changes t by
// 2⁻⁵ … 2⁻⁴. Whole quanta and fractions are subtracted separately: a difference of whole
// quanta has at most 12 bits where exp does not vanish, so its product with the first 12
// bits of the quantum is exact. Where the maximum is so large that adjacent floats are
// more than a quantum apart, the quantum is that spacing and the fractions are 0.

var<private> quanta_per_unit: RowF32;
var<private> quantum: RowF32;
var<private> quantum_head: RowF32;
var<private> quantum_tail: RowF32;
var<private> max_whole: RowF32;
var<private> max_fraction: RowF32;

fn begin_exps() {
  // The exponent is that of the scale plus 5, or the negated one of the maximum plus 24
  // if that is less. Powers of two are inverted by their bits.
  let by_scale = RowU32((bitcast<u32>(params.scale) & 0x7f800000u) + 0x02800000u);
  let by_max = RowU32(0x8b000000u) - (bitcast<RowU32>(row_max) & RowU32(0x7f800000u));
  let exponent = min(by_scale, by_max);
  quanta_per_unit = bitcast<RowF32>(exponent);
  // Beyond a quantum of 2⁹ the exponential vanishes; it only must not overflow.
  quantum = min(RowF32(params.scale), 0x1p+9 * quanta_per_unit)
    * bitcast<RowF32>(RowU32(0x7f000000u) - exponent);
  quantum_head = head(quantum);
  quantum_tail = quantum - quantum_head;
  max_whole = trunc(row_max * quanta_per_unit);
  max_fraction = row_max * quanta_per_unit - max_whole;
}

// exp(t) of each element, in two parts as from `exp_parts`.
fn parts_below_max(bits: vec4<u32>) -> mat2x4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  let quanta = x * quanta_per_unit;
  let whole = trunc(quanta);
  let wholes = whole - max_whole;
  let fractions = opaque_quad(quanta - whole) - max_fraction;
  return exp_parts(quantum_head * wholes, quantum_tail * wholes + quantum * fractions);
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN the result is
// undefined and unused.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let parts = parts_below_max(bits);
  return select((1.0 + parts[0]) * parts[1], vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  // The guards cost little here, so rows that need none have them too.
  return exp_below_max(bits);
}

// exp(t) of one logit of each row, as a mantissa and a power of two.
struct Factor {
  mantissa: Sum,
  power: RowF32,
}

fn factor_of(x: RowF32) -> Factor {
  let parts = parts_below_max(vec4<u32>(bitcast<RowU32>(x)));
  return Factor(two_sum_ordered(RowF32(1.0), first_part(parts[0])), first_part(parts[1]));
}

fn first_part(quad: vec4<f32>) -> RowF32 {
  return bitcast<RowF32>(first_of(bitcast<vec4<u32>>(quad)));
}

// Rescales a sum relative to `part_max` to the row's maximum.
fn rescaled_sum(sum: Sum, part_max: RowF32) -> Sum {
  let factor = factor_of(part_max);
  let product = times(sum, factor.mantissa);
  return Sum(product[0] * factor.power, product[1] * factor.power);
}

// The factor that turns an exponential relative to `part_max` into a probability.
fn share_below(part_max: RowF32, total: Sum) -> RowF32 {
  let factor = factor_of(part_max);
  return ratio(factor.mantissa, total) * factor.power;
}

// Σ exp(t) with negligible error. Each term is split into whole units of 2⁻²¹ and a
// fraction, which are summed separately: at most 8 terms of 2²¹ units per chain, so the
// units are exact. A chain's units are split at 2⁻¹² the same way, exact over a span.
// Only the fractions are rounded, less than 2⁻²¹ per term.

struct Sums {
  exps: Sum,
  // An operation's other sums, at most three.
  others: RowF32x3,
}

var<private> sums: Sums;
var<private> chain_units: vec4<f32>;
var<private> chain_fractions: vec4<f32>;
var<private> span_wholes: vec4<f32>;
var<private> span_units: vec4<f32>;
var<private> span_fractions: vec4<f32>;
var<private> beside_chain: mat3x4<f32>;
var<private> beside_span: mat3x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain_units = vec4<f32>();
  chain_fractions = vec4<f32>();
  span_wholes = vec4<f32>();
  span_units = vec4<f32>();
  span_fractions = vec4<f32>();
  if (SUMS_BESIDE) {
    beside_chain = mat3x4<f32>();
    beside_span = mat3x4<f32>();
  }
}

fn add_exps(e: vec4<f32>) {
  let units = e * 0x1p+21f;
  let whole = trunc(units);
  chain_units += whole;
  chain_fractions += opaque_quad(units - whole);
}

fn close_chain(full: bool) {
  if (MASKED && !full) {
    return;
  }
  let wholes = trunc(chain_units * 0x1p-9f);
  span_wholes += wholes;
  span_units += opaque_quad(chain_units - wholes * 0x1p+9f);
  span_fractions += chain_fractions;
  chain_units = vec4<f32>();
  chain_fractions = vec4<f32>();
  if (SUMS_BESIDE) {
    beside_span += beside_chain;
    beside_chain = mat3x4<f32>();
  }
}

fn close_span(full: bool) {
  if (MASKED && !full) {
    return;
  }
  let span = two_sum(sum_of(span_wholes) * 0x1p-12f, sum_of(span_units) * 0x1p-21f);
  let fractions = Sum(RowF32(), sum_of(span_fractions) * 0x1p-21f);
  sums.exps = plus(sums.exps, plus(span, fractions));
  span_wholes = vec4<f32>();
  span_units = vec4<f32>();
  span_fractions = vec4<f32>();
  if (SUMS_BESIDE) {
    sums.others += RowF32x3(
      sum_of(beside_span[0]),
      sum_of(beside_span[1]),
      sum_of(beside_span[2]),
    );
    beside_span = mat3x4<f32>();
  }
}

fn merged(a: Sums, b: Sums) -> Sums {
  return Sums(plus(a.exps, b.exps), a.others + b.others);
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return Sums(
    subgroupShuffleXor(value.exps, lane_bits),
    subgroupShuffleXor(value.others, lane_bits),
  );
}
