// provides: add_quad, finalize_target, target_masked, target_is_invalid, target_loss,
//   target_gradient, add_target, rescaled, sum_of_exp
// requires: NEG_INF, finite, target_of, add_target_quad, target_is_special, add_exps, row_max,
//   RowF32, RowBool, log_of, FLT_MAX, beside_chain, chain, sums, Sums, rescaled_sum, RowF32x3,
//   Sum
//
// Any target distribution: t′ is loaded or computed per element.

// A nonzero t′ at a logit of −inf counts 1; a non-finite t′ counts more than all of
// those together.
const NON_FINITE = 0x1p+64f;

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  let masked_out = x == vec4<u32>(NEG_INF);
  let quarter = select(quarter_below_max(finite(x)), vec4<f32>(), masked_out);
  let masked = masked_out & (target_of(quad, v) != vec4<f32>());
  let t = add_target_quad(quad, v, quarter);
  let non_finite = select(vec4<f32>(), vec4<f32>(NON_FINITE), target_is_special(quad, v));
  add_exps(bitcast<vec4<f32>>(mapped));
  add_targets(t * quarter, t, select(vec4<f32>(), vec4<f32>(1.0), masked) + non_finite);
}

// A quarter of s·(max − x), which itself may overflow. Nonnegative numbers are ordered
// as their bits are.
fn quarter_below_max(x: vec4<f32>) -> vec4<f32> {
  let distance = bitcast<vec4<i32>>(0.25 * row_max - 0.25 * x);
  let most = vec4<i32>(bitcast<i32>(0.5 * params.half_reach));
  return params.scale * bitcast<vec4<f32>>(min(distance, most));
}

// The same for a chunk's maximum.
fn distance_to(part_max: RowF32) -> RowF32 {
  let distance = min(0.25 * row_max - 0.25 * part_max, RowF32(0.5 * params.half_reach));
  return params.scale * distance;
}

fn finalize_target() {}

fn target_masked() -> RowBool {
  return invalid_count() > RowF32();
}

fn target_is_invalid() -> RowBool {
  return invalid_count() >= RowF32(NON_FINITE);
}

fn target_loss() -> RowF32 {
  let quarter = 0.25 * log_of(sum_of_exp()) * target_sum() + target_distance();
  let most = RowF32(0.25 * FLT_MAX);
  return 4.0 * clamp(quarter, -most, most);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  return p * target_sum() - target_of(quad, v);
}

// The sums: Σ exp(t), Σ t′·s·(max − x) / 4, Σ t′, and the count of invalid targets.
fn add_targets(distance: vec4<f32>, t: vec4<f32>, invalid: vec4<f32>) {
  if (HIGH) {
    beside_chain += mat3x4<f32>(distance, t, invalid);
  } else {
    chain[1] += distance;
    chain[2] += t;
    chain[3] += invalid;
  }
}

// Adds the terms of the row's target itself.
fn add_target(distance: RowF32, t: RowF32) {
  if (HIGH) {
    sums.others[0] += distance;
    sums.others[1] += t;
  } else {
    sums[1] += distance;
    sums[2] += t;
  }
}

fn rescaled(part: Sums, part_max: RowF32) -> Sums {
  if (HIGH) {
    let distance = part.others[0] + part.others[1] * distance_to(part_max);
    return Sums(
      rescaled_sum(part.exps, part_max),
      RowF32x3(distance, part.others[1], part.others[2]),
    );
  } else {
    return Sums(
      rescaled_sum(part[0], part_max),
      part[1] + part[2] * distance_to(part_max),
      part[2],
      part[3],
    );
  }
}

fn sum_of_exp() -> Sum {
  if (HIGH) {
    return sums.exps;
  } else {
    return sums[0];
  }
}

fn target_distance() -> RowF32 {
  if (HIGH) {
    return sums.others[0];
  } else {
    return sums[1];
  }
}

fn target_sum() -> RowF32 {
  if (HIGH) {
    return sums.others[1];
  } else {
    return sums[2];
  }
}

fn invalid_count() -> RowF32 {
  if (HIGH) {
    return sums.others[2];
  } else {
    return sums[3];
  }
}
