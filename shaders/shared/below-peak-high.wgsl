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

fn set_peak(value: RowF32x2) {
  peak = value;
  set_reach();
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

// The guards are little beside the rest: plain rows have them too.
fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
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
