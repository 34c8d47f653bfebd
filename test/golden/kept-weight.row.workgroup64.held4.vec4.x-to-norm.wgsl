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

const WORKGROUP_SIZE = 64u;
const STEPS = 4u;
const CHAIN = 8u;
const HAS_PEAK = false;
const HAS_SUMS = true;
const PADDING_X = 0u;
const PADDING_V = 0u;
const PADDING_MASK = 0u;

const FAN = 8u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> norm: array<u32>;

fn open_row(row: u32) {
  open_x(row);
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

// 'mean' over class indices: Σ w[target] and the number of rows kept, from x:
// the targets as one row. A weight that is not finite poisons its own row only,
// so it is left out here.

// x: Σ w, y: the count.
alias Sums = vec2<f32>;

var<private> sums: Sums;
var<private> chain: mat2x4<f32>;
var<private> block: mat2x4<f32>;

fn begin_row(row: u32) {}

fn clear_sums() {
  sums = Sums();
  chain = mat2x4<f32>();
  block = mat2x4<f32>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  let ignored = (x == vec4<u32>(params.ignore_index)) & vec4<bool>(params.has_ignore != 0u);
  let kept = !ignored & (x < vec4<u32>(params.classes)) & (indices(quad) < vec4<u32>(params.length));
  let weight = vec4<u32>(class_weight(x.x), class_weight(x.y), class_weight(x.z), class_weight(x.w));
  chain[0] += select(vec4<f32>(), finite(weight), kept & !is_special(weight));
  chain[1] += select(vec4<f32>(), vec4<f32>(1.0), kept);
}

fn close_chain() {
  block += chain;
  chain = mat2x4<f32>();
}

fn close_block() {
  sums += Sums(sum_of(block[0]), sum_of(block[1]));
  block = mat2x4<f32>();
}

fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}

fn settle(row: u32) {}

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

// A group of lanes takes one whole row: reduce it, then write it.

fn run(row: u32) {
  open_row(row);
  let quads = (params.length + 3u) / 4u;
  if (HAS_PEAK) {
    scan(0u, quads);
    peak = combine_peak(lane_peak());
  }
  if (HAS_SUMS) {
    accumulate(0u, quads);
    sums = combine_sums(sums);
  }
  settle(row);
  if (lane == 0u) {
    write_row(row);
  }
  emit(0u, quads);
}

// Where a row starts, in vec4s: rows are contiguous and start on 16 bytes.
// The composer instantiates this file for a role by renaming `x`.

var<private> base_x: u32;

fn open_x(row: u32) {
  base_x = (params.offset_x + row * params.length) / 4u - params.axis_start / 4u;
}

// One load a quad.

fn load_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad];
}

// An operation with one input has nothing in the other role.

fn load_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn masked(bits: vec4<u32>, quad: u32) -> vec4<u32> {
  return bits;
}

// Each lane keeps its quads of the row in registers: the row is read once. The
// trip counts are constants, so that the compiler can unroll the loops and the
// arrays become registers. STEPS <= CHAIN², so a lane's terms are one block.

var<private> held_x: array<vec4<u32>, STEPS>;
var<private> held_v: array<vec4<u32>, STEPS>;

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      held_x[step] = masked(load_x(quad), quad);
      see(held_x[step]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      if (!HAS_PEAK) {
        held_x[step] = masked(load_x(quad), quad);
      }
      held_v[step] = load_v(quad);
      join(quad, held_x[step], held_v[step]);
    }
    if (step % CHAIN == CHAIN - 1u) {
      close_chain();
    }
  }
  close_chain();
  close_block();
}

// The operation's only results are one value a row.

fn emit(first: u32, last: u32) {}

// Writes one value a row.

fn put_norm(row: u32, bits: u32) {
  norm[params.offset_norm + row] = bits;
}

// f = 1 / Σ w and f_z = 1 / count; NaN where there is nothing to take the mean of.

fn write_row(row: u32) {
  put_norm(0u, inverse_or_nan(sums.x));
  put_norm(1u, inverse_or_nan(sums.y));
}

fn inverse_or_nan(sum: f32) -> u32 {
  return select(bitcast<u32>(1.0 / sum), NAN, sum == 0.0);
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
