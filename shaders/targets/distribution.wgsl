// provides: join, settle_target, target_masked, target_poisons, target_loss, target_gradient,
//   add_target, rescaled, sum_of_exp
// requires: NEG_INF, finite, target_of, join_target, target_is_special, add_exps, peak, RowF32,
//   RowBool, log_of, FLT_MAX, beside_chain, chain, sums, Sums, rescaled_sum, RowF32x3, Sum
//
// Any target distribution: t′ is loaded or computed per element.

// A nonzero t′ at a logit of −inf counts 1; a non-finite t′ counts more than all of
// those together.
const POISON = 0x1p+64f;

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  let masked_out = x == vec4<u32>(NEG_INF);
  let quarter = select(quarter_below_peak(finite(x)), vec4<f32>(), masked_out);
  let masked = masked_out & (target_of(quad, v) != vec4<f32>());
  let t = join_target(quad, v, quarter);
  let poison = select(vec4<f32>(), vec4<f32>(POISON), target_is_special(quad, v));
  add_exps(bitcast<vec4<f32>>(kept));
  add_targets(t * quarter, t, select(vec4<f32>(), vec4<f32>(1.0), masked) + poison);
}

// A quarter of s·(max − x), which itself may overflow. Nonnegative numbers are ordered
// as their bits are.
fn quarter_below_peak(x: vec4<f32>) -> vec4<f32> {
  let distance = bitcast<vec4<i32>>(0.25 * peak[0] - 0.25 * x);
  let most = vec4<i32>(bitcast<i32>(0.5 * params.half_reach));
  return params.scale * bitcast<vec4<f32>>(min(distance, most));
}

// The same for a chunk's maximum.
fn distance_to(part_peak: RowF32) -> RowF32 {
  let distance = min(0.25 * peak[0] - 0.25 * part_peak, RowF32(0.5 * params.half_reach));
  return params.scale * distance;
}

fn settle_target() {}

fn target_masked() -> RowBool {
  return trouble() > RowF32();
}

fn target_poisons() -> RowBool {
  return trouble() >= RowF32(POISON);
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
fn add_targets(distance: vec4<f32>, t: vec4<f32>, trouble: vec4<f32>) {
  if (HIGH) {
    beside_chain += mat3x4<f32>(distance, t, trouble);
  } else {
    chain[1] += distance;
    chain[2] += t;
    chain[3] += trouble;
  }
}

// Adds the terms of the row's target itself.
fn add_target(distance: RowF32, t: RowF32) {
  if (HIGH) {
    sums.rest[0] += distance;
    sums.rest[1] += t;
  } else {
    sums[1] += distance;
    sums[2] += t;
  }
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  if (HIGH) {
    let distance = part.rest[0] + part.rest[1] * distance_to(part_peak);
    return Sums(
      rescaled_sum(part.exps, part_peak),
      RowF32x3(distance, part.rest[1], part.rest[2]),
    );
  } else {
    return Sums(
      rescaled_sum(part[0], part_peak),
      part[1] + part[2] * distance_to(part_peak),
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
    return sums.rest[0];
  } else {
    return sums[1];
  }
}

fn target_sum() -> RowF32 {
  if (HIGH) {
    return sums.rest[1];
  } else {
    return sums[2];
  }
}

fn trouble() -> RowF32 {
  if (HIGH) {
    return sums.rest[2];
  } else {
    return sums[3];
  }
}
