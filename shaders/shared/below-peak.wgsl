// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

fn set_peak(value: RowF32x2) {
  peak = value;
  set_reach();
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN it gives
// anything, and nobody looks.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  return select(exp_from_peak(x), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_from_peak(x: vec4<f32>) -> vec4<f32> {
  let t = bitcast<vec4<u32>>(params.scale * (x - peak[0]));
  // Below a large maximum even the nearest number is too far for some builtins.
  return exp(bitcast<vec4<f32>>(min(t, vec4<u32>(FAR_BELOW))));
}

// The same bits, by fewer guards where the row is known to be plain. The minimum
// stays: without it a compiler may multiply in another order.
fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  if (plain) {
    return exp_from_peak(bitcast<vec4<f32>>(bits));
  }
  return exp_below_peak(bits);
}

// A sum taken below `part_peak`, as one below the maximum.
fn rescaled_sum(sum: Sum, part_peak: RowF32) -> Sum {
  return sum * exp_accurate(below_peak(part_peak, params.half_exp_reach));
}

// What an exponential taken below `part_peak` is multiplied by to be a probability.
fn share_below(part_peak: RowF32, total: Sum) -> RowF32 {
  return rescaled_sum(one(), part_peak) / total;
}
