struct Params {
  rows: u32,
  group_start: u32,
  group_end: u32,
  row_start: u32,
  length: u32,
  inner: u32,
  axis_start: u32,
  chunk_start: u32,
  chunk_quads: u32,
  chunks: u32,
  classes: u32,
  scale: f32,
  double_scale: f32,
  half_reach: f32,
  half_exp_reach: f32,
  empty_fill: u32,
  ignore_index: u32,
  has_ignore: u32,
  target_share: f32,
  class_share: f32,
  z_loss: f32,
  row_factor: u32,
  z_factor: u32,
  loss_grad: u32,
  queries: u32,
  mask_rank: u32,
  mask_step: u32,
  offset_x: u32,
  offset_v: u32,
  offset_y: u32,
  offset_mask: u32,
  offset_weights: u32,
  offset_class_index: u32,
  offset_lse: u32,
  offset_dlse: u32,
  offset_loss_grad: u32,
  offset_norm: u32,
  offset_loss: u32,
  offset_total: u32,
  step_class_index: u32,
  step_lse: u32,
  step_dlse: u32,
  step_loss_grad: u32,
  step_norm: u32,
  mask_dims: array<vec4<u32>, 8>,
}

const WORKGROUP_SIZE = 4u;
const STEPS = 0u;
const CHAIN = 8u;
const HAS_PEAK = true;
const HAS_SUMS = true;
const PADDING_X = NEG_INF;
const PADDING_V = 0u;
const PADDING_MASK = 0u;

const FAN = 2u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> loss: array<u32>;
@group(0) @binding(2) var<storage, read> partials: array<Partial>;
@group(0) @binding(3) var<storage, read_write> stats: array<Partial>;

fn open_row(row: u32) {
  begin_row(row);
}

// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX = 0x1.fffffep+127f;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min deals with each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(0xff7fffffu)));
}

fn finite_scalar(bits: u32) -> f32 {
  return bitcast<f32>(min(u32(min(i32(bits), 0x7f7fffff)), 0xff7fffffu));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

fn is_special_scalar(bits: u32) -> bool {
  return (bits & MAGNITUDE) >= POS_INF;
}

// The indices along the axis of a quad's four elements.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
}

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// exp for d <= 0 within about 1 ULP, against 3 + 2|d| for the builtin. It
// rescales partial sums, one call a chunk, so its cost does not show and the
// sum keeps the accuracy of its terms.
//
// d = n·ln 2 + r. LN2_HIGH has 15 significant bits, so n·LN2_HIGH and the first
// difference are exact, whether or not the compiler fuses them. The polynomial
// for exp r on |r| <= ln 2 / 2 is the one of the Cephes library.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

fn exp_accurate(d: f32) -> f32 {
  let c = max(d, -104.0);
  let n = floor(c * 1.4426950408889634 + 0.5);
  let r = (c - n * LN2_HIGH) - n * LN2_LOW;
  let p = 0.5 + r * (0.16666665459 + r * (0.041665795894
    + r * (0.0083334519073 + r * (0.0013981999507 + r * 0.00019875691500))));
  // Below 2⁻¹²⁶ the result flushes to zero.
  let power = bitcast<f32>(u32(max(i32(n) + 127, 1)) << 23u);
  return select((1.0 + (r + r * r * p)) * power, 0.0, n < -126.0);
}

// Logarithms of row sums within about 1 ULP (the builtin may be off by an
// absolute 2⁻²¹ near 1, where a confident row's loss lives). One call a row.

// log((1 + z) / (1 − z)) = 2 (z + z³/3 + z⁵/5 + …); |z| <= 0.1716 here.
fn twice_atanh(z: f32) -> f32 {
  let w = z * z;
  let p = w * (0.33333334 + w * (0.2 + w * (0.14285715 + w * (0.11111111 + w * 0.09090909))));
  return 2.0 * z + 2.0 * z * p;
}

// log x for x >= √½: x = 2ⁿ·m with √½ <= m < √2, and m − 1 is exact.
fn log_accurate(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let n = (bits - 0x3f3504f3u) >> 23u;
  let m = bitcast<f32>(bits - (n << 23u));
  return f32(n) * LN2_HIGH + (f32(n) * LN2_LOW + twice_atanh((m - 1.0) / (m + 1.0)));
}

// log(1 + x) for x >= 0, to relative precision down to the smallest x.
fn log1p_accurate(x: f32) -> f32 {
  if (x < 0.41) {
    return twice_atanh(x / (2.0 + x));
  }
  return log_accurate(1.0 + x);
}

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

var<private> largest_signed: vec4<i32>;
var<private> smallest: vec4<u32>;
var<private> largest: vec4<u32>;

// x: the maximum (−FLT_MAX in an empty row), y: the kind; both merge by max.
var<private> peak: vec2<f32>;

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
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let a = min(min(smallest.x, smallest.y), min(smallest.z, smallest.w));
  let b = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let top = select(a, u32(s), s >= 0);
  var kind = select(FINITE, EMPTY, top >= NEG_INF);
  kind = select(kind, INFINITE, s == 0x7f800000);
  kind = select(kind, POISONED, s > 0x7f800000 || b > NEG_INF);
  return vec2<f32>(finite_scalar(top), kind);
}

// t = s·(x − max) <= 0, not below −s·reach: subtracted first and scaled after, so
// that nothing cancels, and in halves, so that nothing overflows.
fn below_peak(x: f32, half_reach: f32) -> f32 {
  return params.double_scale * max(0.5 * x - 0.5 * peak.x, -half_reach);
}

fn below_peak_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  return params.double_scale * max(0.5 * x - 0.5 * peak.x, vec4<f32>(-half_reach));
}

// exp(t) of each element; −inf gives 0.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let t = below_peak_quad(finite(bits), params.half_exp_reach);
  return select(exp(t), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

// The factor on a sum taken below `part_peak`, to make it one below the maximum.
fn rescale(part_peak: f32) -> f32 {
  return exp_accurate(below_peak(part_peak, params.half_exp_reach));
}

// s·max + log Σ, stopping at ±FLT_MAX.
fn log_sum_exp_of(sum: f32) -> f32 {
  let reach = 2.0 * params.half_reach;
  return params.scale * clamp(peak.x, -reach, reach) + log_accurate(sum);
}

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

// Any target distribution: t′ is loaded or made an element at a time.

// x: Σ exp(t), y: Σ t′·s·(max − x) / 4, z: Σ t′, w: trouble (see below).
// A quarter, because the distance itself may overflow.
alias Sums = vec4<f32>;

// A t′ other than 0 at a logit of −inf counts 1; a t′ that is not finite counts
// for more than all of those together.
const POISON = 0x1p+64f;

var<private> sums: Sums;
var<private> chain: mat4x4<f32>;
var<private> block: mat4x4<f32>;
var<private> inverse: f32;

fn clear_sums() {
  sums = Sums();
  chain = mat4x4<f32>();
  block = mat4x4<f32>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  let t = target_of(quad, v);
  let masked_out = x == vec4<u32>(NEG_INF);
  let distance = min(0.25 * peak.x - 0.25 * finite(x), vec4<f32>(0.5 * params.half_reach));
  chain[0] += exp_below_peak(x);
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

fn rescaled(part: Sums, part_peak: f32) -> Sums {
  let distance = min(0.25 * peak.x - 0.25 * part_peak, 0.5 * params.half_reach);
  return Sums(
    part.x * rescale(part_peak),
    part.y + part.z * (params.scale * distance),
    part.zw,
  );
}

fn settle_target() {
  inverse = 1.0 / sums.x;
}

fn sum_of_exp() -> f32 {
  return sums.x;
}

fn inverse_sum() -> f32 {
  return inverse;
}

fn target_masked() -> bool {
  return sums.w > 0.0;
}

fn target_poisons() -> bool {
  return sums.w >= POISON;
}

fn target_loss() -> f32 {
  let quarter = 0.25 * log_accurate(max(sums.x, 1.0)) * sums.z + sums.y;
  return 4.0 * clamp(quarter, -0.25 * FLT_MAX, 0.25 * FLT_MAX);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  return p * sums.z - target_of(quad, v);
}

// Targets given as probabilities y: t′ = w·((1 − ε)·y + ε / K).

fn begin_target(row: u32) {
  row_state = KEPT;
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  let t = finite(class_weights(quad)) * (params.target_share * finite(v) + params.class_share);
  return select(vec4<f32>(), t, indices(quad) < vec4<u32>(params.length));
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(v) | is_special(class_weights(quad));
}

// The invocations of one workgroup share a row and combine their values through
// workgroup memory, in two levels of FAN each: FAN lanes combine FAN values,
// then every lane combines those FAN results. Two barriers; a binary tree would
// take eight. The group is the same for the whole workgroup, so none diverges.

var<private> lane: u32;
var<workgroup> shared_peak: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<Sums, WORKGROUP_SIZE>;

fn lanes() -> u32 {
  return WORKGROUP_SIZE;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  lane = index;
  let group = params.group_start + workgroup.y * workgroups.x + workgroup.x;
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_peak(value: vec2<f32>) -> vec2<f32> {
  shared_peak[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = shared_peak[lane];
    for (var i = lane + FAN; i < WORKGROUP_SIZE; i += FAN) {
      part = max(part, shared_peak[i]);
    }
    // Nobody else reads this one before the barrier.
    shared_peak[lane] = part;
  }
  workgroupBarrier();
  var result = shared_peak[0];
  for (var i = 1u; i < FAN; i++) {
    result = max(result, shared_peak[i]);
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  shared_sums[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = shared_sums[lane];
    for (var i = lane + FAN; i < WORKGROUP_SIZE; i += FAN) {
      part += shared_sums[i];
    }
    shared_sums[lane] = part;
  }
  workgroupBarrier();
  var result = shared_sums[0];
  for (var i = 1u; i < FAN; i++) {
    result += shared_sums[i];
  }
  return result;
}

// Second of three dispatches for a long row: its chunks' partial results are
// merged. The row's maximum comes first, so each chunk's sums are rescaled once.

fn run(row: u32) {
  open_row(row);
  var top = vec2<f32>(-FLT_MAX, 0.0);
  for (var chunk = lane; chunk < params.chunks; chunk += lanes()) {
    top = max(top, partials[chunk * params.rows + row].peak);
  }
  peak = combine_peak(top);

  var total = Sums();
  let stride = CHAIN * lanes();
  for (var start = lane; start < params.chunks; start += stride) {
    var chain = Sums();
    let end = min(start + stride, params.chunks);
    for (var chunk = start; chunk < end; chunk += lanes()) {
      let part = partials[chunk * params.rows + row];
      chain += rescaled(part.sums, part.peak.x);
    }
    total += chain;
  }
  sums = combine_sums(total);

  settle(row);
  if (lane == 0u) {
    stats[row] = Partial(peak, sums);
    write_row(row);
  }
}

// What is kept of a chunk, and in the end of a row, between dispatches.
struct Partial {
  peak: vec2<f32>,
  sums: Sums,
}

// Writes one value a row.

fn put_loss(row: u32, bits: u32) {
  loss[params.offset_loss + row] = bits;
}

fn write_row(row: u32) {
  put_loss(row, row_loss());
}

// Every class weighs 1.

fn class_weight(k: u32) -> u32 {
  return 0x3f800000u;
}

fn class_weights(quad: u32) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}

// The reduction's factors f and f_z are known before the kernel runs.

fn value_norm(which: u32) -> u32 {
  return select(params.row_factor, params.z_factor, which == 1u);
}

// The upstream gradient is one number for all rows.

fn value_loss_grad(row: u32) -> u32 {
  return params.loss_grad;
}
