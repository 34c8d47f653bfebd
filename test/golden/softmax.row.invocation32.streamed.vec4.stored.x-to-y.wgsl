struct Params {
  group_start: u32,
  group_end: u32,
  offset_x: u32,
  length: u32,
  axis_start: u32,
  offset_y: u32,
  half_exp_reach: f32,
  opaque_zero: u32,
  empty_fill: u32,
  scale: f32,
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

const lane = 0u;
const lanes = 1u;

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

// ---- shaders/regimes/row.wgsl --------------------------------------------------------------------
// A group of lanes takes whole rows: reduce them, then write them.

fn run(group: u32) {
  base_x = (params.offset_x + group * params.length) / 4u - params.axis_start / 4u;
  base_y = (params.offset_y + group * params.length) / 4u - params.axis_start / 4u;
  let last = (params.length + 3u) / 4u;
  scan(last);
  set_peak(lane_peak());
  accumulate(last);
  inverse = 1.0 / sums;
  set_fill();
  emit(last);
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four neighbours of one row, so what is known of the row is a scalar.

// Quads without an element past the row's end.
fn whole_quads() -> u32 {
  return params.length / 4u;
}

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max). The exponential is kept from the sum.

var<private> inverse: f32;

fn result(kept: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<f32>>(kept) * inverse;
  if (plain) {
    return bitcast<vec4<u32>>(y);
  } else {
    return select(bitcast<vec4<u32>>(y), vec4<u32>(fill), special);
  }
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const NAN = 0x7fc00000u;
const FLT_MAX = 0x1.fffffep+127f;

// A vector or 0, by its bits: in a loop SwiftShader takes longer for a branch, and
// for a select.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

// ---- shaders/shared/peak.wgsl --------------------------------------------------------------------
// The row's maximum, and of what kind the row is. All lanes' quads are seen first;
// the maximum is exact, so it does not depend on how they were shared. Three integer
// operations a quad classify and order the bits: as i32 the largest positive pattern
// wins (the maximum if any element is >= 0, and it shows +inf and NaN); as u32 the
// smallest pattern is the maximum of elements that are all negative, and the largest
// shows a NaN with its sign set.

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

fn see(bits: vec4<u32>) {
  largest_signed = max(largest_signed, vec4<i32>(bits));
  smallest = min(smallest, bits);
  largest = max(largest, bits);
}

fn lane_peak() -> vec2<f32> {
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let top = select(min(min(smallest.x, smallest.y), min(smallest.z, smallest.w)), u32(s), s >= 0);
  var kind = select(FINITE, EMPTY, top >= NEG_INF);
  kind = select(kind, INFINITE, s == 0x7f800000);
  let highest = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let nan = (s > 0x7f800000) | (highest > NEG_INF);
  kind = select(kind, POISONED, nan);
  return vec2<f32>(bitcast<f32>(min(u32(min(i32(top), 0x7f7fffff)), 0xff7fffffu)), kind);
}

fn set_peak(value: vec2<f32>) {
  peak = value;
  // A large maximum is further than that from the number below it: then it is more than half that way.
  let half_reach = max(params.half_exp_reach, 0x1.4p-25 * abs(peak[0]));
  let lowest = 2.0 * max(0.5 * peak[0] - half_reach, -0.5 * FLT_MAX);
  let bits = bitcast<i32>(lowest);
  let negative = bits < 0;
  lowest_negative = select(0xff7fffffu, u32(bits), negative);
  lowest_positive = select(bits, bitcast<i32>(0x80000000u), negative);
  hidden_zero = params.opaque_zero;
}

// What every element of a row with a special element becomes.
var<private> special: bool;
var<private> fill: u32;

fn set_fill() {
  special = peak[1] != FINITE;
  fill = select(NAN, params.empty_fill, peak[1] == EMPTY);
}

// Whether the rows are plain: every element is a number, and near enough to the
// maximum for its exponential. Then the bounds above change no bit, and an
// invocation that has seen the rows alone may go without.
fn is_plain() -> bool {
  let least = select(smallest, largest, largest >= vec4<u32>(0x80000000u));
  let reached = (least <= vec4<u32>(lowest_negative))
    & (vec4<i32>(least) >= vec4<i32>(lowest_positive));
  let near = (0x1.4p-25 * abs(peak[0])) <= params.half_exp_reach;
  return all(reached & vec4<bool>(near)) && all(vec4<f32>(peak[1]) == vec4<f32>(FINITE));
}

// ---- shaders/shared/below-peak.wgsl --------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler knows.
var<private> hidden_zero: u32;

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN it gives
// anything, and nobody looks.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is too far for some builtins.
  let t = min(bitcast<vec4<u32>>(params.scale * (x - peak[0])), vec4<u32>(FAR_BELOW));
  return select(exp(bitcast<vec4<f32>>(t)), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  if (plain) {
    // The same bits, without the guards. A compiler that saw two products in a row might
    // multiply in another order.
    let t = bitcast<vec4<u32>>(params.scale * (bitcast<vec4<f32>>(bits) - peak[0]));
    return exp(bitcast<vec4<f32>>(t ^ vec4<u32>(hidden_zero)));
  }
  return exp_below_peak(bits);
}

// ---- shaders/reductions/chains.wgsl --------------------------------------------------------------
// What a row adds up. A lane adds its quads' terms in chains of 8, those chains in
// blocks of 8, and blocks one after the other: equal terms round the same way every
// time, and long chains of them drift.

var<private> sums: f32;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn close_chain(full: bool) {
  // In a loop a branch costs more.
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  add_block(only_if(full, block));
  block = only_if(!full, block);
}

fn add_block(terms: vec4<f32>) {
  sums += (terms.x + terms.y) + (terms.z + terms.w);
}

// ---- shaders/loaders/vec4.wgsl for x, y ----------------------------------------------------------
// Quads in one vec4 each, in which places are counted: of rows that start on 16 bytes;
// or, in COLUMNS, of slabs that start there and are a multiple of four wide.

var<private> base_x: u32;

fn load_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad];
}

var<private> base_y: u32;

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad] = bits;
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

fn scan(last: u32) {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
  let whole = min(last, whole_quads());
  let step = lanes;
  var quad = lane;
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
fn accumulate(last: u32) {
  sums = 0.0;
  chain = vec4<f32>();
  block = vec4<f32>();
  let whole = min(last, whole_quads());
  let step = lanes;
  var taken = 0u;
  var quad = lane;
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
  let kept = bitcast<vec4<u32>>(exp_of_logit(x, plain));
  chain += bitcast<vec4<f32>>(kept);
  store_y(quad, kept);
}

// Writes the row, by the same loops.
fn emit(last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes;
  var quad = lane;
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
  return all(vec4<f32>(peak[1]) == vec4<f32>(FINITE));
}

fn write(quad: u32, plain: bool) {
  store_y(quad, result(y[base_y + quad], plain));
}
