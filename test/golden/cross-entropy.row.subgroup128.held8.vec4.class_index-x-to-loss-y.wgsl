enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);

struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  scale: f32,
  z_loss: f32,
  empty_fill: u32,
  half_reach: f32,
  has_ignore: u32,
  ignore_index: u32,
  row_factor: u32,
  z_factor: u32,
  loss_grad: u32,
  half_exp_reach: f32,
  double_scale: f32,
  offset_x: u32,
  axis_start: u32,
  offset_y: u32,
  offset_class_index: u32,
  step_class_index: u32,
  offset_loss: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> class_index: array<u32>;
@group(0) @binding(4) var<storage, read_write> loss: array<u32>;

const WORKGROUP_SIZE = 128u;
const STEPS = 8u;

// ---- shaders/lanes/subgroup.wgsl -----------------------------------------------------------------
// The lanes of one subgroup share a row. The size is a run-time value from 4
// to 128, a power of two. Values are exchanged by a butterfly of shuffles, so
// every lane ends with the same bits, added in an order fixed by the size.

var<private> lane: u32;
var<private> lane_count: u32;

fn lanes() -> u32 {
  return lane_count;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  lane = index;
  lane_count = size;
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * (WORKGROUP_SIZE / size) + subgroup;
  // The same for every lane of the subgroup.
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_peak(value: vec2<f32>) -> vec2<f32> {
  var result = value;
  for (var distance = 1u; distance < lane_count; distance *= 2u) {
    result = max(result, subgroupShuffleXor(result, distance));
  }
  return result;
}

fn combine_sums(value: vec3<f32>) -> vec3<f32> {
  var result = value;
  for (var distance = 1u; distance < lane_count; distance *= 2u) {
    result = merged(result, shuffled(result, distance));
  }
  return result;
}

// ---- shaders/regimes/row.wgsl --------------------------------------------------------------------
// A group of lanes takes whole rows: reduce them, then write them.

fn run(group: u32) {
  let row = row_of(group);
  open_row(row);
  scan(0u, quads());
  set_peak(combine_peak(lane_peak()));
  accumulate(0u, quads());
  sums = combine_sums(sums);
  settle();
  if (lane == 0u) {
    write_row(row);
  }
  emit(0u, quads());
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four neighbours of one row, so what is known of the row is a scalar.
// `rows/four.wgsl` defines the same names for the other way round.

fn row_of(group: u32) -> u32 {
  return group;
}

fn quads() -> u32 {
  return (params.length + 3u) / 4u;
}

// The indices along the axis of a quad's four elements.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
}

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn greatest_i32(v: vec4<i32>) -> i32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn greatest_u32(v: vec4<u32>) -> u32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn least_u32(v: vec4<u32>) -> u32 {
  return min(min(v.x, v.y), min(v.z, v.w));
}

// Of four values of which all but one are 0.
fn only_u32(v: vec4<u32>) -> u32 {
  return v.x | v.y | v.z | v.w;
}

// Of a quad of equals.
fn first_of(v: vec4<u32>) -> u32 {
  return v.x;
}

// ---- shaders/ops/cross-entropy.wgsl --------------------------------------------------------------
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
var<private> inverse: f32;
var<private> poisoned: bool;
var<private> special: bool;
var<private> fill: u32;

fn begin_row(row: u32) {
  row_factor = factor(0u);
  z_factor = factor(1u);
  upstream = upstream_of();
  begin_target(row);
}

fn keep(x: vec4<u32>) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_below_peak(x));
}

fn settle() {
  settle_target();
  inverse = ratio(one(), sum_of_exp());
  finite_lse = above_peak(log_of(sum_of_exp()));
  let f = finite_row(row_factor);
  let f_z = finite_row(z_factor);
  let g = finite_row(upstream);
  target_scale = params.scale * f * g;
  z_scale = saturating_product(2.0 * params.z_loss * params.scale * f_z * g, finite_lse);

  poisoned = (peak[1] > f32(FINITE)) | target_poisons() | is_special_row(row_factor)
    | is_special_row(z_factor);
  let grad_poisoned = poisoned | is_special_row(upstream);
  special = (row_state != u32(KEPT)) | (peak[1] == f32(EMPTY)) | grad_poisoned;
  fill = select(u32(params.empty_fill), u32(NAN), grad_poisoned);
  fill = select(fill, u32(), row_state != u32(KEPT));
}

// a·b, stopping at ±FLT_MAX. A large one is made by halves: the quotient is rounded,
// so its product with a may be beyond.
fn saturating_product(a: f32, b: f32) -> f32 {
  let most = FLT_MAX / max(f32(1.0), abs(a));
  let half = (0.5 * a) * clamp(b, -most, most);
  let whole = 2.0 * clamp(half, f32(-0.5 * FLT_MAX), f32(0.5 * FLT_MAX));
  return select(a * b, whole, abs(half) > f32(0x1p+100));
}

fn result(quad: u32, kept: vec4<u32>) -> vec4<u32> {
  let p = bitcast<vec4<f32>>(kept) * inverse;
  let dx = target_scale * target_gradient(quad, p) + z_scale * p;
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}

fn row_loss() -> u32 {
  let z = params.z_loss * finite_row(z_factor);
  let half_penalty = 0.5 * saturating_product(saturating_product(z, finite_lse), finite_lse);
  let half_loss = 0.5 * saturating_product(finite_row(row_factor), target_loss());
  let most = f32(0.5 * FLT_MAX);
  var bits = bitcast<u32>(2.0 * clamp(half_loss + half_penalty, -most, most));
  bits = select(bits, u32(POS_INF), target_masked());
  bits = select(bits, u32(params.empty_fill), peak[1] == f32(EMPTY));
  bits = select(bits, u32(NAN), poisoned | (row_state == u32(INVALID)));
  return select(bits, u32(), row_state == u32(IGNORED));
}

// ---- shaders/targets/class-index.wgsl ------------------------------------------------------------
// One class is right, without smoothing: t′ = w at the target, 0 elsewhere.
// The other classes' Σ exp(t) is kept apart from the target's term, so a
// confident row's loss log1p(others) and its gradient −others / Σ do not cancel.

var<private> target_weight: u32;
// The bits of the target's logit, where the lane has seen it.
var<private> target_bits: vec4<u32>;
var<private> own: f32;
var<private> others_share: f32;

fn begin_target(row: u32) {
  read_target(row);
  target_weight = first_of(class_weights_at());
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>) {
  let is_target = indices(quad) == vec4<u32>(target_index);
  add_exps(select(bitcast<vec4<f32>>(kept), vec4<f32>(), is_target));
  target_bits |= select(vec4<u32>(), x, is_target);
}

// The target's logit, and 1 where that is −inf; 0 where the target is not among
// the quads that were joined.
fn seen_target() -> vec2<f32> {
  let bits = only_u32(target_bits);
  return vec2<f32>(finite_row(bits), select(f32(), f32(1.0), bits == u32(NEG_INF)));
}

fn settle_target() {
  // A row whose target is not one of its classes has no such term.
  let none = target_is_masked() | (target_index >= u32(params.length));
  own = zero_where(none, rescaled_sum(one(), target_logit()));
  others_share = ratio(others(), sum_of_exp());
}

fn sum_of_exp() -> f32 {
  return plus(others(), own);
}

// t′ = 0 at a logit of −inf counts as 0.
fn target_masked() -> bool {
  return target_is_masked() & (finite_row(target_weight) != f32());
}

fn target_poisons() -> bool {
  return is_special_row(target_weight);
}

fn target_loss() -> f32 {
  let t = below_peak(target_logit(), params.half_reach);
  let confident = (t == f32()) | target_is_masked();
  let loss = log_of(sum_of_exp()) - t;
  return finite_row(target_weight) * select(loss, log1p_accurate(others()), confident);
}

fn target_gradient(quad: u32, p: vec4<f32>) -> vec4<f32> {
  let is_target = indices(quad) == vec4<u32>(target_index);
  return finite_row(target_weight) * select(p, vec4<f32>(-others_share), is_target);
}

// ---- shaders/targets/index.wgsl ------------------------------------------------------------------
// The class index of a row and what it asks for. Read as u32, so a negative
// index is out of range too.

var<private> target_index: u32;

fn read_target(row: u32) {
  target_index = value_class_index(row);
  let invalid = target_index >= u32(params.length);
  row_state = select(u32(KEPT), u32(INVALID), invalid);
  row_state = select(row_state, u32(IGNORED), is_ignored(target_index));
}

fn is_ignored(index: u32) -> bool {
  return (u32(params.has_ignore) != u32()) & (index == u32(params.ignore_index));
}

// ---- shaders/targets/options.wgsl ----------------------------------------------------------------
// Options of a loss: a weight a class, the reduction's factors, the upstream gradient.

fn class_weights_at() -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}

// The reduction's factors f and f_z, the same for all rows: worked out by a kernel
// before, or known to the host.
fn factor(which: u32) -> u32 {
  return u32(select(params.row_factor, params.z_factor, which == 1u));
}

// One number for all rows, unless each has its own.
fn upstream_of() -> u32 {
  return u32(params.loss_grad);
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX = 0x1.fffffep+127f;

fn finite_row(bits: u32) -> f32 {
  let below_pos_inf = u32(min(i32(bits), i32(0x7f7fffff)));
  return bitcast<f32>(min(below_pos_inf, u32(0xff7fffffu)));
}

// A vector or 0, by its bits: in a loop SwiftShader takes longer for a branch, and
// for a select.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

fn is_special_row(bits: u32) -> bool {
  return (bits & u32(MAGNITUDE)) >= u32(POS_INF);
}

// ---- shaders/shared/log.wgsl ---------------------------------------------------------------------
// Logarithms of row sums within about 1 ULP (the builtin may be off by an
// absolute 2⁻²¹ near 1, where a confident row's loss lives). One call a row.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// log((1 + z) / (1 − z)) = 2 (z + z³/3 + z⁵/5 + …); |z| <= 0.1716 here.
fn twice_atanh(z: f32) -> f32 {
  let w = z * z;
  let p = w * (0.33333334 + w * (0.2 + w * (0.14285715 + w * (0.11111111 + w * 0.09090909))));
  return 2.0 * z + 2.0 * z * p;
}

// log x for x >= √½: x = 2ⁿ·m with √½ <= m < √2, and m − 1 is exact.
fn log_accurate(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let n = (bits - u32(0x3f3504f3u)) >> u32(23u);
  let m = bitcast<f32>(bits - (n << u32(23u)));
  return f32(n) * LN2_HIGH + (f32(n) * LN2_LOW + twice_atanh((m - 1.0) / (m + 1.0)));
}

// log(1 + x) for x >= 0, to relative precision down to the smallest x.
fn log1p_accurate(x: f32) -> f32 {
  return select(log_accurate(1.0 + x), twice_atanh(x / (2.0 + x)), x < f32(0.41));
}

// ---- shaders/shared/peak.wgsl --------------------------------------------------------------------
// The row's maximum, and of what kind the row is. All lanes' quads are seen
// first; the maximum is exact, so it does not depend on how they were shared.
//
// Three integer operations a quad classify and order the bits: as i32 the
// largest positive pattern wins (the maximum if any element is >= 0, and it
// shows +inf and NaN); as u32 the smallest pattern is the maximum of elements
// that are all negative, and the largest shows a NaN with its sign set.

const EMPTY = 0.0;     // no element above −inf
const FINITE = 1.0;
const INFINITE = 2.0;  // a +inf
const POISONED = 3.0;  // a NaN

// −200 as bits: exp of that is 0, and negative patterns grow downwards.
const FAR_BELOW = 0xc3480000u;

var<private> largest_signed: vec4<i32>;
var<private> smallest: vec4<u32>;
var<private> largest: vec4<u32>;

// The maximum (−FLT_MAX in an empty row) and the kind; both merge by max.
var<private> peak: vec2<f32>;

// Below this logit an exponential is 0: bounds on bits, for negative patterns
// (which as u32 grow downwards) and for positive ones. Integer minima and maxima
// are cheap everywhere; those of f32 cost SwiftShader as much as half an exp.
var<private> lowest_negative: u32;
var<private> lowest_positive: i32;

fn clear_peak() {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
}

fn see(bits: vec4<u32>) {
  largest_signed = max(largest_signed, vec4<i32>(bits));
  smallest = min(smallest, bits);
  largest = max(largest, bits);
}

fn lane_peak() -> vec2<f32> {
  let s = greatest_i32(largest_signed);
  let top = select(least_u32(smallest), u32(s), s >= i32());
  var kind = select(f32(FINITE), f32(EMPTY), top >= u32(NEG_INF));
  kind = select(kind, f32(INFINITE), s == i32(0x7f800000));
  let nan = (s > i32(0x7f800000)) | (greatest_u32(largest) > u32(NEG_INF));
  kind = select(kind, f32(POISONED), nan);
  return vec2<f32>(finite_row(top), kind);
}

// To be called when the maximum is known.
fn set_reach() {
  // Large maxima are further than that from the number below them: then it is that number.
  let half_reach = max(f32(params.half_exp_reach), half_gap());
  let lowest = 2.0 * max(0.5 * peak[0] - half_reach, f32(-0.5 * FLT_MAX));
  let bits = bitcast<i32>(lowest);
  let negative = bits < i32();
  lowest_negative = select(u32(0xff7fffffu), u32(bits), negative);
  lowest_positive = select(bits, i32(bitcast<i32>(0x80000000u)), negative);
}

// More than half the way from the maximum to the number below it.
fn half_gap() -> f32 {
  return 0x1.4p-25 * abs(peak[0]);
}

// t = s·(x − max) <= 0, not below −s·reach: subtracted first and scaled after, so
// that nothing cancels, and in halves, so that nothing overflows.
fn below_peak(x: f32, half_reach: f32) -> f32 {
  return params.double_scale * max(0.5 * x - 0.5 * peak[0], f32(-half_reach));
}

// s·max + log Σ, stopping at ±FLT_MAX.
fn above_peak(log_sum: f32) -> f32 {
  let reach = f32(2.0 * params.half_reach);
  return params.scale * clamp(peak[0], -reach, reach) + log_sum;
}

// ---- shaders/shared/exp.wgsl ---------------------------------------------------------------------
// exp for d <= 0 within about 1 ULP, against 3 + 2|d| for the builtin. It
// rescales partial sums, one call a chunk, so its cost does not show and the
// sum keeps the accuracy of its terms.
//
// d = n·ln 2 + r; the first difference is exact, whether or not the compiler
// fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is the one of the Cephes
// library.

fn exp_accurate(d: f32) -> f32 {
  let c = max(d, f32(-104.0));
  let n = floor(c * 1.4426950408889634 + 0.5);
  let r = (c - n * LN2_HIGH) - n * LN2_LOW;
  let p = 0.5 + r * (0.16666665459 + r * (0.041665795894
    + r * (0.0083334519073 + r * (0.0013981999507 + r * 0.00019875691500))));
  // Below 2⁻¹²⁶ the result flushes to zero.
  let power = bitcast<f32>(u32(max(i32(n) + 127, i32(1))) << u32(23u));
  return select((1.0 + (r + r * r * p)) * power, f32(), n < f32(-126.0));
}

// ---- shaders/shared/sum.wgsl ---------------------------------------------------------------------
// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

fn one() -> f32 {
  return f32(1.0);
}

fn plus(a: f32, b: f32) -> f32 {
  return a + b;
}

fn zero_where(condition: bool, sum: f32) -> f32 {
  return select(sum, f32(), condition);
}

fn ratio(a: f32, b: f32) -> f32 {
  return a / b;
}

// Of a row's whole sum: the maximum's term alone is 1.
fn log_of(sum: f32) -> f32 {
  return log_accurate(max(sum, f32(1.0)));
}

// ---- shaders/shared/below-peak.wgsl --------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

fn set_peak(value: vec2<f32>) {
  peak = value;
  set_reach();
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN it gives
// anything, and nobody looks.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is too far for some builtins.
  let e = exp(bitcast<vec4<f32>>(min(bits_below_peak(x), vec4<u32>(FAR_BELOW))));
  return select(e, vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn bits_below_peak(x: vec4<f32>) -> vec4<u32> {
  return bitcast<vec4<u32>>(params.scale * (x - peak[0]));
}

// A sum taken below `part_peak`, as one below the maximum.
fn rescaled_sum(sum: f32, part_peak: f32) -> f32 {
  return sum * exp_accurate(below_peak(part_peak, params.half_exp_reach));
}

// ---- shaders/reductions/merge.wgsl ---------------------------------------------------------------
// Two groups' sums as one.

fn merged(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  return a + b;
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: vec3<f32>, lane_bits: u32) -> vec3<f32> {
  return subgroupShuffleXor(value, lane_bits);
}

// ---- shaders/reductions/class-index.wgsl ---------------------------------------------------------
// Σ exp(t) of all classes but the target, the target's logit, and 1 where that is
// −inf.

var<private> sums: vec3<f32>;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = vec3<f32>();
  chain = vec4<f32>();
  block = vec4<f32>();
  target_bits = vec4<u32>();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums[0] += sum_of(only_if(full, block));
  block = only_if(!full, block);
}

fn end_sums() {
  let seen = seen_target();
  sums = vec3<f32>(sums[0], seen[0], seen[1]);
}

fn others() -> f32 {
  return sums[0];
}

fn target_logit() -> f32 {
  return sums[1];
}

fn target_is_masked() -> bool {
  return sums[2] > f32();
}

// ---- shaders/loaders/vec4.wgsl for x -------------------------------------------------------------
// Quads of rows that are contiguous and start on 16 bytes: one vec4 each.
// The composer instantiates this file for a role by renaming `x`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_x: u32;

fn open_x(row: u32) {
  base_x = (params.offset_x + row * params.length) / 4u - params.axis_start / 4u;
}

fn load_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad];
}

// ---- shaders/loaders/vec4.wgsl for y -------------------------------------------------------------
// Quads of rows that are contiguous and start on 16 bytes: one vec4 each.
// The composer instantiates this file for a role by renaming `y`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_y: u32;

fn open_y(row: u32) {
  base_y = (params.offset_y + row * params.length) / 4u - params.axis_start / 4u;
}

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad] = bits;
}

// ---- shaders/walks/held.wgsl ---------------------------------------------------------------------
// Each lane keeps its quads of the row in registers: the row is read once. The
// trip counts are constants, so that the compiler can unroll the loops and the
// arrays become registers. STEPS is at most 16, so a lane's terms are one block.

var<private> held_x: array<vec4<u32>, STEPS>;

fn hold_x(step: u32, quad: u32) {
  held_x[step] = load_x(quad);
}

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      hold_x(step, quad);
      see(held_x[step]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      let kept = keep(held_x[step]);
      join(quad, held_x[step], kept);
      held_x[step] = kept;
    }
    if (step % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_block(true);
  end_sums();
}

// Writes the row from the registers that hold it.
fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      let bits = result(quad, held_x[step]);
      store_y(quad, bits);
    }
  }
}

// ---- shaders/loaders/value.wgsl for class_index --------------------------------------------------
// One value a row: a class index, a log-sum-exp, an upstream gradient. A step
// of 0 gives every row the same one.
// The composer instantiates this file for a role by renaming `class_index`.

fn value_class_index(row: u32) -> u32 {
  return class_index[params.offset_class_index + row * params.step_class_index];
}

// ---- shaders/loaders/value.wgsl for loss ---------------------------------------------------------
// One value a row: a class index, a log-sum-exp, an upstream gradient. A step
// of 0 gives every row the same one.
// The composer instantiates this file for a role by renaming `loss`.

fn put_loss(row: u32, bits: u32) {
  loss[params.offset_loss + row] = bits;
}

// ---- shaders/walks/open.wgsl ---------------------------------------------------------------------
// What a walk calls at a row's start. What no file of the kernel says otherwise
// about does nothing, and is not in its code.

fn open_row(row: u32) {
  open_x(row);
  open_y(row);
  begin_row(row);
}

// What an operation gives of a row besides its elements.
fn write_row(row: u32) {
  put_loss(row, row_loss());
}
