// One class is right, without smoothing: t′ = w at the target, 0 elsewhere.
// The other classes' Σ exp(t) is kept apart from the target's term, so a
// confident row's loss log1p(others) and its gradient −others / Σ do not cancel.

// Σ exp(t) of the others, the target's logit, and 1 where that is −inf.
alias Sums = RowF32x3;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> target_weight: RowU32;
var<private> own: RowF32;
var<private> others_share: RowF32;

fn begin_target(row: u32) {
  read_target(row);
  target_weight = first_of(class_weights_at(vec4<u32>(target_index)));
}

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>) {
  let is_target = indices(quad) == vec4<u32>(target_index);
  chain += select(bitcast<vec4<f32>>(kept), vec4<f32>(), is_target);
  if (any(is_target)) {
    let bits = only_u32(select(vec4<u32>(), x, is_target));
    let masked = select(RowF32(), RowF32(1.0), bits == RowU32(NEG_INF));
    sums += Sums(RowF32(), finite_row(bits), masked);
  }
}

fn close_chain() {
  block += chain;
  chain = vec4<f32>();
}

fn close_block() {
  sums[0] += sum_of(block);
  block = vec4<f32>();
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(part[0] * rescale(part_peak), part[1], part[2]);
}

fn settle_target() {
  // A row whose target is not one of its classes has no such term.
  let none = (sums[2] > RowF32()) | (target_index >= RowU32(params.length));
  own = select(rescale(sums[1]), RowF32(), none);
  others_share = sums[0] / sum_of_exp();
}

fn sum_of_exp() -> RowF32 {
  return sums[0] + own;
}

// t′ = 0 at a logit of −inf counts as 0.
fn target_masked() -> RowBool {
  return (sums[2] > RowF32()) & (finite_row(target_weight) != RowF32());
}

fn target_poisons() -> RowBool {
  return is_special_row(target_weight);
}

fn target_loss() -> RowF32 {
  let t = below_peak(sums[1], params.half_reach);
  let confident = (t == RowF32()) | (sums[2] > RowF32());
  let loss = log_accurate(max(sum_of_exp(), RowF32(1.0))) - t;
  return finite_row(target_weight) * select(loss, log1p_accurate(sums[0]), confident);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  let is_target = indices(quad) == vec4<u32>(target_index);
  return finite_row(target_weight) * select(p, vec4<f32>(-others_share), is_target);
}
