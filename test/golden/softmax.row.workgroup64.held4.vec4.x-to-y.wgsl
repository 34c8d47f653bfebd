struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  empty_fill: u32,
  half_exp_reach: f32,
  scale: f32,
  offset_x: u32,
  axis_start: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

const WORKGROUP_SIZE = 64u;
const FAN = 8u;
const STEPS = 4u;

// ---- shaders/lanes/workgroup.wgsl ----------------------------------------------------------------
// The invocations of one workgroup share a row and combine their values through
// workgroup memory, in two levels of FAN each: FAN lanes combine FAN values,
// then every lane combines those FAN results. Two barriers; a binary tree would
// take eight. The group is the same for the whole workgroup, so none diverges.

var<private> lane: u32;
var<workgroup> shared_peak: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<f32, WORKGROUP_SIZE>;

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

fn combine_sums(value: f32) -> f32 {
  shared_sums[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = shared_sums[lane];
    for (var i = lane + FAN; i < WORKGROUP_SIZE; i += FAN) {
      part = merged(part, shared_sums[i]);
    }
    shared_sums[lane] = part;
  }
  workgroupBarrier();
  var result = shared_sums[0];
  for (var i = 1u; i < FAN; i++) {
    result = merged(result, shared_sums[i]);
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
  settle_shares();
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

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max).

fn result(kept: vec4<u32>) -> vec4<u32> {
  let y = bitcast<vec4<u32>>(shares(kept));
  return select(y, vec4<u32>(fill), special);
}

// ---- shaders/shared/shares.wgsl ------------------------------------------------------------------
// Each element's share of its row, exp(t) / Σ exp(t), t = s·(x − max). The
// exponential is kept from the sum.

var<private> inverse: f32;
var<private> special: bool;
var<private> fill: u32;

fn keep(x: vec4<u32>) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_below_peak(x));
}

fn join(kept: vec4<u32>) {
  add_exps(bitcast<vec4<f32>>(kept));
}

fn settle_shares() {
  inverse = ratio(one(), sum_of_exp());
  special = peak[1] != f32(FINITE);
  fill = select(u32(NAN), u32(params.empty_fill), peak[1] == f32(EMPTY));
}

fn shares(kept: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(kept) * inverse;
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const NAN = 0x7fc00000u;
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

// ---- shaders/shared/sum.wgsl ---------------------------------------------------------------------
// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

fn one() -> f32 {
  return f32(1.0);
}

fn ratio(a: f32, b: f32) -> f32 {
  return a / b;
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

// ---- shaders/reductions/merge.wgsl ---------------------------------------------------------------
// Two groups' sums as one.

fn merged(a: f32, b: f32) -> f32 {
  return a + b;
}

// ---- shaders/reductions/sum-of-exp.wgsl ----------------------------------------------------------
// Σ exp(t), t = s·(x − max).

var<private> sums: f32;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = f32();
  chain = vec4<f32>();
  block = vec4<f32>();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums += sum_of(only_if(full, block));
  block = only_if(!full, block);
}

fn sum_of_exp() -> f32 {
  return sums;
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
      join(kept);
      held_x[step] = kept;
    }
    if (step % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_block(true);
}

// Writes the row from the registers that hold it.
fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      let bits = result(held_x[step]);
      store_y(quad, bits);
    }
  }
}

// ---- shaders/walks/open.wgsl ---------------------------------------------------------------------
// What a walk calls at a row's start. What no file of the kernel says otherwise
// about does nothing, and is not in its code.

fn open_row(row: u32) {
  open_x(row);
  open_y(row);
}
