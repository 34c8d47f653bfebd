struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  scale: f32,
  half_exp_reach: f32,
  empty_fill: u32,
  opaque_zero: u32,
  offset_x: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

const WORKGROUP_SIZE = 32u;
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

fn combine_peak(value: RowF32x2) -> RowF32x2 {
  return value;
}

fn combine_sums(value: Sums) -> Sums {
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
  settle(row);
  if (lane == 0u) {
    write_row(row);
  }
  emit(0u, quads());
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four neighbours of one row, so what is known of the row is a scalar.
// `rows/four.wgsl` defines the same names for the other way round.

alias RowF32 = f32;
alias RowI32 = i32;
alias RowU32 = u32;
alias RowBool = bool;
alias RowF32x2 = vec2<f32>;

fn row_of(group: u32) -> u32 {
  return group;
}

fn quads() -> u32 {
  return (params.length + 3u) / 4u;
}

// Quads without an element past the row's end.
fn whole_quads() -> u32 {
  return params.length / 4u;
}

fn sum_of(v: vec4<f32>) -> RowF32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn greatest_i32(v: vec4<i32>) -> RowI32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn greatest_u32(v: vec4<u32>) -> RowU32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn least_u32(v: vec4<u32>) -> RowU32 {
  return min(min(v.x, v.y), min(v.z, v.w));
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const NAN = 0x7fc00000u;
const FLT_MAX = 0x1.fffffep+127f;

fn finite_row(bits: RowU32) -> RowF32 {
  let below_pos_inf = RowU32(min(RowI32(bits), RowI32(0x7f7fffff)));
  return bitcast<RowF32>(min(below_pos_inf, RowU32(0xff7fffffu)));
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
var<private> peak: RowF32x2;

// Below this logit an exponential is 0: bounds on bits, for negative patterns
// (which as u32 grow downwards) and for positive ones. Integer minima and maxima
// are cheap everywhere; those of f32 cost SwiftShader as much as half an exp.
var<private> lowest_negative: RowU32;
var<private> lowest_positive: RowI32;

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

fn lane_peak() -> RowF32x2 {
  let s = greatest_i32(largest_signed);
  let top = select(least_u32(smallest), RowU32(s), s >= RowI32());
  var kind = select(RowF32(FINITE), RowF32(EMPTY), top >= RowU32(NEG_INF));
  kind = select(kind, RowF32(INFINITE), s == RowI32(0x7f800000));
  let nan = (s > RowI32(0x7f800000)) | (greatest_u32(largest) > RowU32(NEG_INF));
  kind = select(kind, RowF32(POISONED), nan);
  return RowF32x2(finite_row(top), kind);
}

// To be called when the maximum is known.
fn set_reach() {
  // Large maxima are further than that from the number below them: then it is that number.
  let half_reach = max(RowF32(params.half_exp_reach), half_gap());
  let lowest = 2.0 * max(0.5 * peak[0] - half_reach, RowF32(-0.5 * FLT_MAX));
  let bits = bitcast<RowI32>(lowest);
  let negative = bits < RowI32();
  lowest_negative = select(RowU32(0xff7fffffu), RowU32(bits), negative);
  lowest_positive = select(bits, RowI32(bitcast<i32>(0x80000000u)), negative);
}

// More than half the way from the maximum to the number below it.
fn half_gap() -> RowF32 {
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
  let near = half_gap() <= RowF32(params.half_exp_reach);
  return all(reached & vec4<bool>(near)) && finite_rows();
}

fn finite_rows() -> bool {
  return all(vec4<f32>(peak[1]) == vec4<f32>(FINITE));
}

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max).

fn settle(row: u32) {
  settle_shares();
}

fn result(quad: u32, kept: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<u32>>(shares(kept));
  if (plain) {
    return y;
  }
  return select(y, vec4<u32>(fill), special);
}

// ---- shaders/shared/shares.wgsl ------------------------------------------------------------------
// Each element's share of its row, exp(t) / Σ exp(t), t = s·(x − max). The
// exponential is kept from the sum.

var<private> inverse: RowF32;
var<private> special: RowBool;
var<private> fill: RowU32;

fn begin_row(row: u32) {}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_of_logit(x, plain));
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  add_exps(bitcast<vec4<f32>>(kept));
}

fn settle_shares() {
  inverse = ratio(one(), sum_of_exp());
  special = peak[1] != RowF32(FINITE);
  fill = select(RowU32(NAN), RowU32(params.empty_fill), peak[1] == RowF32(EMPTY));
}

fn shares(kept: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(kept) * inverse;
}

// ---- shaders/shared/sum.wgsl ---------------------------------------------------------------------
// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

alias Sum = RowF32;

fn one() -> Sum {
  return RowF32(1.0);
}

fn ratio(a: Sum, b: Sum) -> RowF32 {
  return a / b;
}

// ---- shaders/shared/below-peak.wgsl --------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler knows.
var<private> hidden_zero: u32;

fn set_peak(value: RowF32x2) {
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

alias Sums = RowF32;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = Sums();
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

fn sum_of_exp() -> Sum {
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

// ---- shaders/loaders/load-absent.wgsl for v ------------------------------------------------------
// An operation without this role has nothing in it.

fn load_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

// ---- shaders/walks/elements.wgsl -----------------------------------------------------------------
// A quad of the row as the operation sees it: masked, and padded past the end.

fn element_x(quad: u32) -> vec4<u32> {
  return load_x(quad);
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

fn load_y(quad: u32) -> vec4<u32> {
  return y[base_y + quad];
}

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad] = bits;
}

// ---- shaders/reductions/open.wgsl ----------------------------------------------------------------
// Sums over the quads from `first` on begin with nothing, and end with what they
// have.

fn open_sums(first: u32, last: u32) {
  clear_sums();
}

fn end_sums() {}

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
    see(element_x(quad));
    see(element_x(quad + step));
    see(element_x(quad + 2u * step));
    see(element_x(quad + 3u * step));
  }
  for (; quad < whole; quad += step) {
    see(element_x(quad));
  }
}

// A lane's terms are added in chains of 8 quads, those in blocks of 8 chains:
// equal terms round the same way every time, and long chains of them drift.
fn accumulate(first: u32, last: u32) {
  open_sums(first, last);
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
  end_sums();
}

fn close_full(taken: u32) {
  close_chain(taken % 8u == 0u);
  close_block(taken % 64u == 0u);
}

fn take(quad: u32, plain: bool) {
  let x = element_x(quad);
  let kept = keep(x, plain);
  join(quad, x, kept, load_v(quad), plain);
  store_y(quad, kept);
}

// Writes the row, by the same loops.
fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
  var plain_end = whole;
  if (!writes_plain()) {
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

// Stored exponentials have passed their guards: what is left to guard is the kind
// of the rows.
fn writes_plain() -> bool {
  return finite_rows();
}

fn write(quad: u32, plain: bool) {
  store_y(quad, result(quad, load_y(quad), load_v(quad), plain));
}

// ---- shaders/outputs/row.wgsl --------------------------------------------------------------------
// What an operation gives of a row besides its elements.

fn write_row(row: u32) {
}

// ---- every role of a row -------------------------------------------------------------------------
fn open_row(row: u32) {
  open_x(row);
  open_y(row);
  begin_row(row);
}
