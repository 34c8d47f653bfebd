enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);

struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  row_factor: u32,
  scale: f32,
  z_loss: f32,
  empty_fill: u32,
  half_reach: f32,
  z_factor: u32,
  loss_grad: u32,
  has_ignore: u32,
  ignore_index: u32,
  half_exp_reach: f32,
  double_scale: f32,
  offset_x: u32,
  offset_y: u32,
  offset_class_index: u32,
  stride_class_index: u32,
  offset_loss: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> class_index: array<u32>;
@group(0) @binding(4) var<storage, read_write> loss: array<u32>;

const WORKGROUP_SIZE = 128u;
const QUADS_PER_LANE = 8u;

// ---- shaders/lanes/subgroup.wgsl -----------------------------------------------------------------
// The lanes of one subgroup share a row. The size is a run-time value from 4
// to 128, a power of two. Values are exchanged by a butterfly of shuffles, so
// every lane ends with the same bits, added in an order fixed by the size.

var<private> lane: u32;
var<private> lanes: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  lane = index;
  lanes = size;
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * (WORKGROUP_SIZE / size) + subgroup;
  // The same for every lane of the subgroup.
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_max(value: vec2<f32>) -> vec2<f32> {
  var result = value;
  for (var distance = 1u; distance < lanes; distance *= 2u) {
    result = max(result, subgroupShuffleXor(result, distance));
  }
  return result;
}

fn combine_sums(value: vec3<f32>) -> vec3<f32> {
  var result = value;
  for (var distance = 1u; distance < lanes; distance *= 2u) {
    result = result + shuffled(result, distance);
  }
  return result;
}

// ---- shaders/regimes/row.wgsl --------------------------------------------------------------------
// A group of lanes processes a whole row: it reduces the row, then writes it.

fn run(group: u32) {
  base_x = (params.offset_x + group * params.length) / 4u - params.axis_start / 4u;
  base_y = (params.offset_y + group * params.length) / 4u - params.axis_start / 4u;
  begin_row(group);
  let last = (params.length + 3u) / 4u;
  scan(last);
  set_max(combine_max(lane_max()));
  accumulate(last);
  sums = combine_sums(sums);
  finalize();
  if (lane == 0u) {
    write_row(group);
  }
  emit(last);
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four adjacent elements of one row, so per-row values are scalars.

// The indices along the axis of a quad's four elements.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
}

// The value that all four elements share.
fn first_of(v: vec4<u32>) -> u32 {
  return v.x;
}

// ---- shaders/ops/cross-entropy.wgsl --------------------------------------------------------------
// loss = f·Σ t′ (lse − s·x) + f_z·z·lse², and its gradient
// s·f·(p·Σ t′ − t′) + f_z·2·z·s·lse·p, for a target distribution t′. A file of
// `targets/` provides its sums, its loss and its p·Σ t′ − t′.

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
var<private> loss_is_nan: bool;
var<private> special: bool;
var<private> fill: u32;

fn begin_row(row: u32) {
  row_factor = norm_factor(0u);
  z_factor = norm_factor(1u);
  upstream = upstream_of();
  read_target(row);
  target_weight = first_of(vec4<u32>(0x3f800000u));
}

fn finalize() {
  finalize_target();
  inverse = 1.0 / (sums[0] + own);
  finite_lse = above_max(log_of(sums[0] + own));
  let f = finite_row(row_factor);
  let f_z = finite_row(z_factor);
  let g = finite_row(upstream);
  target_scale = params.scale * f * g;
  z_scale = saturating_product(2.0 * params.z_loss * params.scale * f_z * g, finite_lse);

  loss_is_nan = (row_kind > FINITE) | is_special_row(target_weight) | is_special_row(row_factor)
    | is_special_row(z_factor);
  let grad_is_nan = loss_is_nan | is_special_row(upstream);
  special = (row_state != KEPT) | (row_kind == EMPTY) | grad_is_nan;
  fill = select(params.empty_fill, NAN, grad_is_nan);
  fill = select(fill, 0u, row_state != KEPT);
}

// a·b, or ±FLT_MAX from 5 ULP below that on: a quotient may be 2½ ULP off, of twice the size.
fn saturating_product(a: f32, b: f32) -> f32 {
  let most = 0x1.fffff4p+127f / max(1.0, abs(a));
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  let limit = bitcast<f32>(sign | FLT_MAX_BITS);
  return select(a * b, limit, (abs(a) > 1.0) & (abs(b) > most));
}

fn output_quad(quad: u32, mapped: vec4<u32>) -> vec4<u32> {
  let p = bitcast<vec4<f32>>(mapped) * inverse;
  let dx = target_scale * target_gradient(quad, p) + z_scale * p;
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}

fn row_loss() -> u32 {
  let z = params.z_loss * finite_row(z_factor);
  let half_penalty = 0.5 * saturating_product(saturating_product(z, finite_lse), finite_lse);
  let half_loss = 0.5 * saturating_product(finite_row(row_factor), target_loss());
  let most = 0.5 * FLT_MAX;
  var bits = bitcast<u32>(2.0 * clamp(half_loss + half_penalty, -most, most));
  bits = select(bits, POS_INF, target_masked());
  bits = select(bits, params.empty_fill, row_kind == EMPTY);
  bits = select(bits, NAN, loss_is_nan | (row_state == INVALID));
  return select(bits, 0u, row_state == IGNORED);
}

// ---- shaders/targets/class-index.wgsl ------------------------------------------------------------
// A class index without smoothing: t′ = w at the target, 0 elsewhere. The other classes'
// Σ exp(t) is kept apart from the target's term, so that nothing cancels in a confident
// row's loss log1p(others) and gradient −others / Σ.

var<private> target_weight: u32;
// The bits of the target's logit, if this lane has seen it.
var<private> target_bits: vec4<u32>;
var<private> own: f32;
var<private> others_share: f32;

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>) {
  let is_target = indices(quad) == vec4<u32>(target_index);
  chain += select(bitcast<vec4<f32>>(mapped), vec4<f32>(), is_target);
  target_bits |= select(vec4<u32>(), x, is_target);
}

// The target's logit, and 1 if that is −inf; 0 if this lane has not seen the target.
fn seen_target() -> vec2<f32> {
  let bits = only_u32(target_bits);
  return vec2<f32>(finite_row(bits), select(0.0, 1.0, bits == NEG_INF));
}

// The one nonzero value of a row's four; 0 if there is none.
fn only_u32(v: vec4<u32>) -> u32 {
  return v.x | v.y | v.z | v.w;
}

fn end_sums() {
  let seen = seen_target();
  sums = vec3<f32>(sums[0], seen[0], seen[1]);
}

fn finalize_target() {
  // A target outside the row's classes contributes no term.
  let none = (sums[2] > 0.0) | (target_index >= params.length);
  own = rescaled_sum(1.0, sums[1]);
  own = select(own, 0.0, none);
  others_share = sums[0] / (sums[0] + own);
}

// A target of weight 0 at a logit of −inf contributes 0, so it does not count.
fn target_masked() -> bool {
  return (sums[2] > 0.0) & (finite_row(target_weight) != 0.0);
}

fn target_loss() -> f32 {
  let t = below_max(sums[1], params.half_reach);
  let confident = (t == 0.0) | (sums[2] > 0.0);
  let loss = log_of(sums[0] + own) - t;
  return finite_row(target_weight) * select(loss, log1p_accurate(sums[0]), confident);
}

fn target_gradient(quad: u32, p: vec4<f32>) -> vec4<f32> {
  let is_target = indices(quad) == vec4<u32>(target_index);
  return finite_row(target_weight) * select(p, vec4<f32>(-others_share), is_target);
}

// ---- shaders/targets/options.wgsl ----------------------------------------------------------------
// A loss's inputs besides the logits: the target's index, class weights, the reduction's
// factors, the upstream gradient.

// The reduction's factors f and f_z, the same for all rows: computed by an earlier
// kernel or on the host.
fn norm_factor(which: u32) -> u32 {
  return u32(select(params.row_factor, params.z_factor, which == 1u));
}

// One number for all rows, or one per row.
fn upstream_of() -> u32 {
  return params.loss_grad;
}

var<private> target_index: u32;

fn read_target(row: u32) {
  target_index = class_index[params.offset_class_index + row * params.stride_class_index];
  let invalid = target_index >= params.length;
  row_state = select(KEPT, INVALID, invalid);
  row_state = select(row_state, IGNORED, is_ignored(target_index));
}

fn is_ignored(index: u32) -> bool {
  return (params.has_ignore != 0u) & (index == params.ignore_index);
}

// ---- shaders/shared/log.wgsl ---------------------------------------------------------------------
// Logarithms of row sums within about 1 ULP: the builtin may be off by an absolute 2⁻²¹
// near 1, where the loss of a confident row is. One call per row or chunk: their cost is
// negligible. `shared/high.wgsl` defines log_of and log1p_of for a sum in two parts.

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
  return select(log_accurate(1.0 + x), twice_atanh(x / (2.0 + x)), x < 0.41);
}

// The logarithm of a whole row's sum, which is at least 1: the maximum's term.
fn log_of(sum: f32) -> f32 {
  return log_accurate(max(sum, 1.0));
}

// s·max + log Σ, saturating at ±FLT_MAX.
fn above_max(log_sum: f32) -> f32 {
  let reach = f32(2.0 * params.half_reach);
  return params.scale * clamp(row_max, -reach, reach) + log_sum;
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur. So row data
// is bound as u32 and classified by its bits, and only finite values are ever treated as
// f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX = 0x1.fffffep+127f;
const FLT_MAX_BITS = 0x7f7fffff;
const NEG_FLT_MAX_BITS = 0xff7fffff;

fn finite_row(bits: u32) -> f32 {
  return bitcast<f32>(min(u32(min(i32(bits), FLT_MAX_BITS)), NEG_FLT_MAX_BITS));
}

fn is_special_row(bits: u32) -> bool {
  return (bits & MAGNITUDE) >= POS_INF;
}

// ---- shaders/shared/exp.wgsl ---------------------------------------------------------------------
// Exponentials that rescale partial sums. One call per row or chunk: their cost is
// negligible.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// exp for d <= 0 within about 1 ULP, where the builtin allows 3 + 2|d|, so that a sum
// is as accurate as its terms. d = n·ln 2 + r; the first difference is exact whether or
// not the compiler fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is that of the
// Cephes library.
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

// ---- shaders/shared/row-max.wgsl -----------------------------------------------------------------
// The row's maximum and kind. The maximum is exact, however quads are divided among lanes.
// Three integer operations per quad order and classify the bits: as i32 the largest is
// the maximum if any element is >= 0, and reveals +inf and NaN; as u32 the smallest is the
// maximum if all are negative, and the largest reveals a NaN with its sign set.

const EMPTY = 0.0;  // no element above −inf
const FINITE = 1.0;
const HAS_INF = 2.0;
const HAS_NAN = 3.0;

// −200 as bits: exp of that is 0, and negative patterns grow downwards.
const FAR_BELOW = 0xc3480000u;

var<private> largest_signed: vec4<i32>;
var<private> smallest: vec4<u32>;
var<private> largest: vec4<u32>;

// The maximum (−FLT_MAX in an empty row) and the kind. Pairs of them merge by max.
var<private> row_max: f32;
var<private> row_kind: f32;

// Below this logit an exponential is 0, as bounds on bits: for negative patterns (which
// as u32 grow downwards) and for positive ones. Integer minima and maxima are cheap
// everywhere; those of f32 cost half an exp on SwiftShader.
var<private> lowest_negative: u32;
var<private> lowest_positive: i32;

fn lane_max() -> vec2<f32> {
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let top = select(min(min(smallest.x, smallest.y), min(smallest.z, smallest.w)), u32(s), s >= 0);
  var kind = select(FINITE, EMPTY, top >= NEG_INF);
  kind = select(kind, HAS_INF, s == 0x7f800000);
  let highest = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let nan = (s > 0x7f800000) | (highest > NEG_INF);
  kind = select(kind, HAS_NAN, nan);
  return vec2<f32>(finite_row(top), kind);
}

fn set_max(value: vec2<f32>) {
  row_max = value[0];
  row_kind = value[1];
  // Below a large maximum the next float is further away than that; then the bound lies
  // just past half that gap.
  let half_reach = max(params.half_exp_reach, 0x1.4p-25 * abs(row_max));
  let lowest = 2.0 * max(0.5 * row_max - half_reach, -0.5 * FLT_MAX);
  let bits = bitcast<i32>(lowest);
  let negative = bits < 0;
  lowest_negative = select(NEG_FLT_MAX_BITS, u32(bits), negative);
  lowest_positive = select(bits, bitcast<i32>(0x80000000u), negative);
}

// t = s·(x − max) <= 0, not below −s·reach. Subtracted before scaling, so that nothing
// cancels, and at half size, so that nothing overflows.
fn below_max(x: f32, half_reach: f32) -> f32 {
  return params.double_scale * max(0.5 * x - 0.5 * row_max, f32(-half_reach));
}

// ---- shaders/shared/below-max.wgsl ---------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN the result is
// undefined and unused.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is out of some builtins' range.
  let t = min(bitcast<vec4<u32>>(params.scale * (x - row_max)), vec4<u32>(FAR_BELOW));
  return select(exp(bitcast<vec4<f32>>(t)), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

// Rescales a sum relative to `part_max` to the row's maximum.
fn rescaled_sum(sum: f32, part_max: f32) -> f32 {
  return sum * exp_accurate(below_max(part_max, params.half_exp_reach));
}

// ---- shaders/reductions/chains.wgsl --------------------------------------------------------------
// A lane adds its quads' terms in chains of 8, chains in spans of 8, and spans one after
// the other: equal terms round the same way each time, so long chains of them drift.

var<private> sums: vec3<f32>;
var<private> chain: vec4<f32>;
var<private> span: vec4<f32>;

// The sums of the lane whose number differs in these bits.
fn shuffled(value: vec3<f32>, lane_bits: u32) -> vec3<f32> {
  return subgroupShuffleXor(value, lane_bits);
}

// ---- shaders/loaders/vec4.wgsl for x, y ----------------------------------------------------------
// Quads of one vec4 each, addressed in vec4s: rows aligned to 16 bytes or, in COLUMNS,
// slabs aligned to 16 bytes whose width is a multiple of four.

var<private> base_x: u32;
var<private> base_y: u32;

// ---- shaders/walks/held.wgsl ---------------------------------------------------------------------
// Each lane holds its quads in registers, so the row is read once. Trip counts are
// constant so that loops unroll. QUADS_PER_LANE is at most 16: a lane's terms form one span.

var<private> held_x: array<vec4<u32>, QUADS_PER_LANE>;

fn scan(last: u32) {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes;
    if (quad < last) {
      held_x[i] = x[base_x + quad];
      largest_signed = max(largest_signed, vec4<i32>(held_x[i]));
      smallest = min(smallest, held_x[i]);
      largest = max(largest, held_x[i]);
    }
  }
}

fn accumulate(last: u32) {
  sums = vec3<f32>();
  chain = vec4<f32>();
  span = vec4<f32>();
  target_bits = vec4<u32>();
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes;
    if (quad < last) {
      let mapped = bitcast<vec4<u32>>(exp_below_max(held_x[i]));
      add_quad(quad, held_x[i], mapped);
      held_x[i] = mapped;
    }
  }
  span += chain;
  sums[0] += (span.x + span.y) + (span.z + span.w);
  end_sums();
}

fn emit(last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes;
    if (quad < last) {
      y[base_y + quad] = output_quad(quad, held_x[i]);
    }
  }
}

// ---- shaders/walks/open.wgsl ---------------------------------------------------------------------
// The functions that a walk calls, as no-ops: used where no other file of the kernel
// defines them.

// Writes the row's outputs besides its elements.
fn write_row(row: u32) {
  loss[params.offset_loss + row] = row_loss();
}
