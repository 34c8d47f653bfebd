struct Params {
  group_start: u32,
  group_end: u32,
  inner: u32,
  length: u32,
  empty_fill: u32,
  half_exp_reach: f32,
  opaque_zero: u32,
  scale: f32,
  offset_x: u32,
  axis_start: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

const WORKGROUP_SIZE = 32u;
const SPREAD = 1u;
const PLAIN = true;

// ---- shaders/lanes/invocation.wgsl ---------------------------------------------------------------
// One invocation works alone: nothing to combine, no barrier. Best on
// CPU-backed adapters, and where neighbouring invocations take neighbouring
// columns.

var<private> lane: u32 = 0u;

fn lanes() -> u32 {
  return 1u;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * WORKGROUP_SIZE + index;
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_peak(value: mat2x4<f32>) -> mat2x4<f32> {
  return value;
}

fn combine_sums(value: vec4<f32>) -> vec4<f32> {
  return value;
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

// ---- shaders/rows/four.wgsl ----------------------------------------------------------------------
// A quad is one element of each of four neighbouring rows, so what is known of
// the rows is a vec4. For an axis that is not the last: neighbouring rows are
// neighbours in memory there.
//
// A slab is what one outer index holds: `inner` rows side by side, taken four at
// a time. Where fewer than four are left the last one is repeated: it is worked
// out and stored more than once, by one invocation and with the same bits.

fn row_of(group: u32) -> u32 {
  let groups_in_slab = (params.inner + 3u) / 4u;
  let group_in_slab = spread_out(group % groups_in_slab, groups_in_slab);
  return (group / groups_in_slab) * params.inner + 4u * group_in_slab;
}

// Neighbouring lanes take neighbouring groups; or, SPREAD of them together, groups
// four apart: then they read a cache line each, and the rest of it is there for
// those that come next.
fn spread_out(group: u32, groups: u32) -> u32 {
  let block = 4u * SPREAD;
  let first = group - group % block;
  if (SPREAD == 1u || first + block > groups) {
    return group;
  }
  return first + 4u * (group % SPREAD) + (group % block) / SPREAD;
}

fn quads() -> u32 {
  return params.length;
}

fn whole_quads() -> u32 {
  return params.length;
}

fn sum_of(v: vec4<f32>) -> vec4<f32> {
  return v;
}

fn greatest_i32(v: vec4<i32>) -> vec4<i32> {
  return v;
}

fn greatest_u32(v: vec4<u32>) -> vec4<u32> {
  return v;
}

fn least_u32(v: vec4<u32>) -> vec4<u32> {
  return v;
}

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max).

fn result(kept: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<u32>>(shares(kept));
  if (plain) {
    return y;
  }
  return select(y, vec4<u32>(fill), special);
}

// ---- shaders/shared/shares.wgsl ------------------------------------------------------------------
// Each element's share of its row, exp(t) / Σ exp(t), t = s·(x − max). The
// exponential is kept from the sum.

var<private> inverse: vec4<f32>;
var<private> special: vec4<bool>;
var<private> fill: vec4<u32>;

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_of_logit(x, plain));
}

fn join(kept: vec4<u32>) {
  add_exps(bitcast<vec4<f32>>(kept));
}

fn settle_shares() {
  inverse = ratio(one(), sum_of_exp());
  special = peak[1] != vec4<f32>(FINITE);
  fill = select(vec4<u32>(NAN), vec4<u32>(params.empty_fill), peak[1] == vec4<f32>(EMPTY));
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

fn finite_row(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(0xff7fffffu)));
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
var<private> peak: mat2x4<f32>;

// Below this logit an exponential is 0: bounds on bits, for negative patterns
// (which as u32 grow downwards) and for positive ones. Integer minima and maxima
// are cheap everywhere; those of f32 cost SwiftShader as much as half an exp.
var<private> lowest_negative: vec4<u32>;
var<private> lowest_positive: vec4<i32>;

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

fn lane_peak() -> mat2x4<f32> {
  let s = greatest_i32(largest_signed);
  let top = select(least_u32(smallest), vec4<u32>(s), s >= vec4<i32>());
  var kind = select(vec4<f32>(FINITE), vec4<f32>(EMPTY), top >= vec4<u32>(NEG_INF));
  kind = select(kind, vec4<f32>(INFINITE), s == vec4<i32>(0x7f800000));
  let nan = (s > vec4<i32>(0x7f800000)) | (greatest_u32(largest) > vec4<u32>(NEG_INF));
  kind = select(kind, vec4<f32>(POISONED), nan);
  return mat2x4<f32>(finite_row(top), kind);
}

// To be called when the maximum is known.
fn set_reach() {
  // Large maxima are further than that from the number below them: then it is that number.
  let half_reach = max(vec4<f32>(params.half_exp_reach), half_gap());
  let lowest = 2.0 * max(0.5 * peak[0] - half_reach, vec4<f32>(-0.5 * FLT_MAX));
  let bits = bitcast<vec4<i32>>(lowest);
  let negative = bits < vec4<i32>();
  lowest_negative = select(vec4<u32>(0xff7fffffu), vec4<u32>(bits), negative);
  lowest_positive = select(bits, vec4<i32>(bitcast<i32>(0x80000000u)), negative);
}

// More than half the way from the maximum to the number below it.
fn half_gap() -> vec4<f32> {
  return 0x1.4p-25 * abs(peak[0]);
}

fn least_seen() -> vec4<u32> {
  return select(smallest, largest, largest >= vec4<u32>(0x80000000u));
}

// Whether the rows are plain: every element is a number, and near enough to the
// maximum for its exponential. Then the bounds above change no bit, and an
// invocation that has seen the rows alone may go without.
fn is_plain() -> bool {
  let least = least_seen();
  let reached = (least <= vec4<u32>(lowest_negative))
    & (vec4<i32>(least) >= vec4<i32>(lowest_positive));
  let near = half_gap() <= vec4<f32>(params.half_exp_reach);
  return all(reached & vec4<bool>(near)) && finite_rows();
}

fn finite_rows() -> bool {
  return all(vec4<f32>(peak[1]) == vec4<f32>(FINITE));
}

// ---- shaders/shared/sum.wgsl ---------------------------------------------------------------------
// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

fn one() -> vec4<f32> {
  return vec4<f32>(1.0);
}

fn ratio(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return a / b;
}

// ---- shaders/shared/below-peak.wgsl --------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler knows.
var<private> hidden_zero: u32;

fn set_peak(value: mat2x4<f32>) {
  hidden_zero = params.opaque_zero;
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

// The same bits, without the guards where the row is known to be plain. A compiler
// that saw two products in a row might multiply in another order.
fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  if (plain) {
    let t = bits_below_peak(bitcast<vec4<f32>>(bits));
    return exp(bitcast<vec4<f32>>(t ^ vec4<u32>(hidden_zero)));
  }
  return exp_below_peak(bits);
}

// ---- shaders/reductions/sum-of-exp.wgsl ----------------------------------------------------------
// Σ exp(t), t = s·(x − max).

var<private> sums: vec4<f32>;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = vec4<f32>();
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

fn sum_of_exp() -> vec4<f32> {
  return sums;
}

// ---- shaders/loaders/columns-vec4.wgsl for x -----------------------------------------------------
// Quads of four columns, one element of each: one vec4. Slabs are a multiple of four
// wide, and start on 16 bytes.
// The composer instantiates this file for a role by renaming `x`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_x: u32;

fn open_x(row: u32) {
  base_x = (params.offset_x + (row / params.inner) * params.length * params.inner
    + row % params.inner) / 4u - params.axis_start * (params.inner / 4u);
}

fn load_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad * (params.inner / 4u)];
}

// ---- shaders/loaders/columns-vec4.wgsl for y -----------------------------------------------------
// Quads of four columns, one element of each: one vec4. Slabs are a multiple of four
// wide, and start on 16 bytes.
// The composer instantiates this file for a role by renaming `y`, and says
// whether the role is HALF, and of halves PACKED in words.

// In vec4s.
var<private> base_y: u32;

fn open_y(row: u32) {
  base_y = (params.offset_y + (row / params.inner) * params.length * params.inner
    + row % params.inner) / 4u - params.axis_start * (params.inner / 4u);
}

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad * (params.inner / 4u)] = bits;
}

// ---- shaders/walks/streamed.wgsl -----------------------------------------------------------------
// Every pass reads the row again from memory (or, for rows of a few thousand
// elements, from the cache). Any length. Where an invocation walks alone, a turn
// of a loop takes four quads: on SwiftShader it costs as much as half a load. Two
// are enough where a quad has guards to pass: where PLAIN, rows that need none
// are taken by the first loops, others by the next one. And two are better where
// IN_PAIRS, because four quads' code would not fit the instruction cache.
//
// Where STORED, the exponentials that the sums were made of are kept where the
// result will be: one exp an element, for one more store and load. That is good
// where arithmetic takes the time, as on CPU-backed adapters. Elsewhere they are
// worked out again when the row is written.

fn scan(first: u32, last: u32) {
  clear_peak();
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  for (;quad + 3u * step < whole; quad += 4u * step) {
    see(load_x(quad));
    see(load_x(quad + step));
    see(load_x(quad + 2u * step));
    see(load_x(quad + 3u * step));
  }
  for (; quad < whole; quad += step) {
    see(load_x(quad));
  }
}

// A lane's terms are added in chains of 8 quads, those in blocks of 8 chains:
// equal terms round the same way every time, and long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  let whole = min(last, whole_quads());
  let step = lanes();
  var taken = 0u;
  var quad = first + lane;
  var plain_end = whole;
  if (!is_plain()) {
    plain_end = 0u;
  }
  for (;quad + 3u * step < plain_end; quad += 4u * step) {
    take(quad, PLAIN);
    take(quad + step, PLAIN);
    take(quad + 2u * step, PLAIN);
    take(quad + 3u * step, PLAIN);
    taken += 4u;
    close_full(taken);
  }
  for (;quad + step < whole; quad += 2u * step) {
    take(quad, false);
    take(quad + step, false);
    taken += 2u;
    close_full(taken);
  }
  for (; quad < whole; quad += step) {
    take(quad, false);
    taken++;
    close_full(taken);
  }
  close_chain(true);
  close_block(true);
}

fn close_full(taken: u32) {
  close_chain(taken % 8u == 0u);
  close_block(taken % 64u == 0u);
}

fn take(quad: u32, plain: bool) {
  let x = load_x(quad);
  let kept = keep(x, plain);
  join(kept);
}

// Writes the row, by the same loops.
fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  var plain_end = whole;
  if (!is_plain()) {
    plain_end = 0u;
  }
  for (;quad + 3u * step < plain_end; quad += 4u * step) {
    write(quad, PLAIN);
    write(quad + step, PLAIN);
    write(quad + 2u * step, PLAIN);
    write(quad + 3u * step, PLAIN);
  }
  for (;quad + step < whole; quad += 2u * step) {
    write(quad, false);
    write(quad + step, false);
  }
  for (; quad < whole; quad += step) {
    write(quad, false);
  }
}

fn write(quad: u32, plain: bool) {
  store_y(quad, result(keep(load_x(quad), plain), plain));
}

// ---- shaders/walks/open.wgsl ---------------------------------------------------------------------
// What a walk calls at a row's start. What no file of the kernel says otherwise
// about does nothing, and is not in its code.

fn open_row(row: u32) {
  open_x(row);
  open_y(row);
}
