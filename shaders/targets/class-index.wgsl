// One class is right, without smoothing: t′ = w at the target, 0 elsewhere.
// The other classes' Σ exp(t) is kept apart from the target's term, so a
// confident row's loss log1p(others) and its gradient −others / Σ do not cancel.

// x: Σ exp(t) of the others, y: the target's logit, z: 1 where that is −inf.
alias Sums = vec3<f32>;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> target_weight: u32;
var<private> own: f32;
var<private> inverse: f32;

fn begin_target(row: u32) {
  read_target(row);
  target_weight = class_weight(target_index);
}

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  let is_target = indices(quad) == vec4<u32>(target_index);
  chain += select(exp_below_peak(x), vec4<f32>(), is_target);
  if (any(is_target)) {
    let logit = select(vec4<u32>(), x, is_target);
    let bits = logit.x | logit.y | logit.z | logit.w;
    sums += Sums(0.0, finite_scalar(bits), select(0.0, 1.0, bits == NEG_INF));
  }
}

fn close_chain() {
  block += chain;
  chain = vec4<f32>();
}

fn close_block() {
  sums.x += sum_of(block);
  block = vec4<f32>();
}

fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return Sums(part.x * rescale(part_peak), part.yz);
}

fn settle_target() {
  // A row whose target is not one of its classes has no such term.
  let none = sums.z > 0.0 || target_index >= params.length;
  own = select(rescale(sums.y), 0.0, none);
  inverse = 1.0 / sum_of_exp();
}

fn sum_of_exp() -> f32 {
  return sums.x + own;
}

fn inverse_sum() -> f32 {
  return inverse;
}

// t′ = 0 at a logit of −inf counts as 0.
fn target_masked() -> bool {
  return sums.z > 0.0 && finite_scalar(target_weight) != 0.0;
}

fn target_poisons() -> bool {
  return is_special_scalar(target_weight);
}

fn target_loss() -> f32 {
  let weight = finite_scalar(target_weight);
  let t = below_peak(sums.y, params.half_reach);
  if (t == 0.0 || sums.z > 0.0) {
    return weight * log1p_accurate(sums.x);
  }
  return weight * (log_accurate(max(sum_of_exp(), 1.0)) - t);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  let is_target = indices(quad) == vec4<u32>(target_index);
  return finite_scalar(target_weight) * select(p, vec4<f32>(-sums.x * inverse), is_target);
}
