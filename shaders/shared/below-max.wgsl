// provides: begin_exps, exp_below_max, exp_of_logit, rescaled_sum, share_below
// requires: lowest_negative, lowest_positive, FAR_BELOW, NEG_INF, row_max, Sum, RowF32,
//   exp_accurate, below_max, one
//
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler can fold.
var<private> hidden_zero: u32;

fn begin_exps() {
  if (PLAIN) {
    hidden_zero = params.opaque_zero;
  }
}

// exp(t) of each element; −inf gives 0. Undefined and unused in a row with a +inf or a NaN.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is out of some builtins' range.
  let t = min(bits_below_max(x), vec4<u32>(FAR_BELOW));
  return select(exp(bitcast<vec4<f32>>(t)), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn bits_below_max(x: vec4<f32>) -> vec4<u32> {
  return bitcast<vec4<u32>>(params.scale * (x - row_max));
}

fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  if (PLAIN && plain) {
    // The same bits, without the guards. The XOR keeps the compiler from reordering the
    // products.
    let t = bits_below_max(bitcast<vec4<f32>>(bits));
    return exp(bitcast<vec4<f32>>(t ^ vec4<u32>(hidden_zero)));
  }
  return exp_below_max(bits);
}

// Rescales a sum relative to `part_max` to the row's maximum.
fn rescaled_sum(sum: Sum, part_max: RowF32) -> Sum {
  return sum * exp_accurate(below_max(part_max, params.half_exp_reach));
}

// The factor that turns an exponential relative to `part_max` into a probability.
fn share_below(part_max: RowF32, total: Sum) -> RowF32 {
  return rescaled_sum(one(), part_max) / total;
}
