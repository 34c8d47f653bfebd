// Any target distribution: t′ is loaded or made an element at a time.

// Σ exp(t), Σ t′·s·(max − x) / 4, Σ t′, and trouble (see below). A quarter,
// because the distance itself may overflow.
alias Sums = RowF32x4;

// A t′ other than 0 at a logit of −inf counts 1; a t′ that is not finite counts
// for more than all of those together.
const POISON = 0x1p+64f;

var<private> sums: Sums;
var<private> chain: mat4x4<f32>;
var<private> block: mat4x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = mat4x4<f32>();
  block = mat4x4<f32>();
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>) {
  let t = target_of(quad, v);
  let masked_out = x == vec4<u32>(NEG_INF);
  let distance = min(0.25 * peak[0] - 0.25 * finite(x), vec4<f32>(0.5 * params.half_reach));
  chain[0] += bitcast<vec4<f32>>(kept);
  chain[1] += select(t * (params.scale * distance), vec4<f32>(), masked_out);
  chain[2] += t;
  chain[3] += select(vec4<f32>(), vec4<f32>(1.0), masked_out & (t != vec4<f32>()));
  chain[3] += select(vec4<f32>(), vec4<f32>(POISON), target_is_special(quad, v));
}

fn close_chain() {
  block += chain;
  chain = mat4x4<f32>();
}

fn close_block() {
  sums += Sums(sum_of(block[0]), sum_of(block[1]), sum_of(block[2]), sum_of(block[3]));
  block = mat4x4<f32>();
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  let distance = min(0.25 * peak[0] - 0.25 * part_peak, RowF32(0.5 * params.half_reach));
  return Sums(
    part[0] * rescale(part_peak),
    part[1] + part[2] * (params.scale * distance),
    part[2],
    part[3],
  );
}

fn settle_target() {}

fn sum_of_exp() -> RowF32 {
  return sums[0];
}

fn target_masked() -> RowBool {
  return sums[3] > RowF32();
}

fn target_poisons() -> RowBool {
  return sums[3] >= RowF32(POISON);
}

fn target_loss() -> RowF32 {
  let quarter = 0.25 * log_accurate(max(sums[0], RowF32(1.0))) * sums[2] + sums[1];
  let most = RowF32(0.25 * FLT_MAX);
  return 4.0 * clamp(quarter, -most, most);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  return p * sums[2] - target_of(quad, v);
}
