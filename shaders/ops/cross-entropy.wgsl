// loss = f·Σ t′ (lse − s·x) + f_z·z·lse², and its gradient
// s·f·(p·Σ t′ − t′) + f_z·2·z·s·lse·p, for a target distribution t′ that a file
// of `targets/` knows: its sums, its loss and its p·Σ t′ − t′.

const KEPT = 0u;
const IGNORED = 1u;  // loss 0, gradient 0
const INVALID = 2u;  // a class index out of range: loss NaN, gradient 0

var<private> row_state: u32;
var<private> row_factor: u32;
var<private> z_factor: u32;
var<private> upstream: u32;

var<private> finite_lse: f32;
var<private> target_scale: f32;
var<private> z_scale: f32;
var<private> poisoned: bool;
var<private> special: bool;
var<private> fill: u32;

fn begin_row(row: u32) {
  row_factor = value_norm(0u);
  z_factor = value_norm(1u);
  upstream = value_loss_grad(row);
  begin_target(row);
}

fn settle(row: u32) {
  settle_target();
  finite_lse = log_sum_exp_of(max(sum_of_exp(), 1.0));
  let f = finite_scalar(row_factor);
  let f_z = finite_scalar(z_factor);
  let g = finite_scalar(upstream);
  target_scale = params.scale * f * g;
  z_scale = saturating_product(2.0 * params.z_loss * params.scale * f_z * g, finite_lse);

  poisoned = peak.y > FINITE || target_poisons() || is_special_scalar(row_factor)
    || is_special_scalar(z_factor);
  let grad_poisoned = poisoned || is_special_scalar(upstream);
  special = row_state != KEPT || peak.y == EMPTY || grad_poisoned;
  fill = select(params.empty_fill, NAN, grad_poisoned);
  fill = select(fill, 0u, row_state != KEPT);
}

// a·b, stopping at ±FLT_MAX.
fn saturating_product(a: f32, b: f32) -> f32 {
  let most = FLT_MAX / max(1.0, abs(a));
  return a * clamp(b, -most, most);
}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  let p = exp_below_peak(x) * inverse_sum();
  let dx = target_scale * target_gradient(quad, p, v) + z_scale * p;
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}

fn row_loss() -> u32 {
  if (row_state == IGNORED) {
    return 0u;
  }
  if (row_state == INVALID || poisoned) {
    return NAN;
  }
  if (peak.y == EMPTY) {
    return params.empty_fill;
  }
  if (target_masked()) {
    return POS_INF;
  }
  let z = params.z_loss * finite_scalar(z_factor);
  let half_penalty = 0.5 * saturating_product(saturating_product(z, finite_lse), finite_lse);
  let half_loss = 0.5 * saturating_product(finite_scalar(row_factor), target_loss());
  return bitcast<u32>(2.0 * clamp(half_loss + half_penalty, -0.5 * FLT_MAX, 0.5 * FLT_MAX));
}

fn row_lse() -> u32 {
  var bits = bitcast<u32>(finite_lse);
  bits = select(bits, NEG_INF, peak.y == EMPTY);
  bits = select(bits, POS_INF, peak.y == INFINITE);
  return select(bits, NAN, peak.y == POISONED);
}
