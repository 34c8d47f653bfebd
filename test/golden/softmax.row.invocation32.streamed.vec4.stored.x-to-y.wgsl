struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  half_exp_reach: f32,
  opaque_zero: u32,
  empty_fill: u32,
  scale: f32,
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
// A group of lanes processes a whole row: it reduces the row, then writes it.

fn run(group: u32) {
  base_x = (params.offset_x + group * params.length) / 4u - params.axis_start / 4u;
  base_y = (params.offset_y + group * params.length) / 4u - params.axis_start / 4u;
  let last = (params.length + 3u) / 4u;
  scan(last);
  set_max(lane_max());
  accumulate(last);
  inverse = 1.0 / sums;
  set_fill();
  emit(last);
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four elements of one row, so per-row values are scalars.

// The number of quads that lie wholly inside the row.
fn whole_quads() -> u32 {
  return params.length / 4u;
}

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max). The exponentials are those of the sum.

var<private> inverse: f32;

fn output_quad(mapped: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<f32>>(mapped) * inverse;
  if (plain) {
    return bitcast<vec4<u32>>(y);
  } else {
    return select(bitcast<vec4<u32>>(y), vec4<u32>(fill), special);
  }
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur. So row data
// is bound as u32 and classified by its bits, and only finite values are ever treated as
// f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const NAN = 0x7fc00000u;
const FLT_MAX = 0x1.fffffep+127f;
const FLT_MAX_BITS = 0x7f7fffff;
const NEG_FLT_MAX_BITS = 0xff7fffff;

// A vector or 0, by a bit mask: in a loop a branch or a select is slower on SwiftShader.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

// ---- shaders/shared/row-max.wgsl -----------------------------------------------------------------
// The row's maximum, exact however quads are divided among lanes, and its kind. Three integer
// operations a quad: as i32 the largest is the maximum if any element is >= 0, and reveals
// +inf and NaN; as u32 the smallest is it if all are negative, the largest reveals a −NaN.

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

// Below this logit an exponential is 0, as bounds on bits, which are cheap everywhere: for
// negative patterns (which as u32 grow downwards) and for positive ones.
var<private> lowest_negative: u32;
var<private> lowest_positive: i32;

fn update_max(bits: vec4<u32>) {
  largest_signed = max(largest_signed, vec4<i32>(bits));
  smallest = min(smallest, bits);
  largest = max(largest, bits);
}

fn lane_max() -> vec2<f32> {
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let top = select(min(min(smallest.x, smallest.y), min(smallest.z, smallest.w)), u32(s), s >= 0);
  var kind = select(FINITE, EMPTY, top >= NEG_INF);
  kind = select(kind, HAS_INF, s == 0x7f800000);
  let highest = max(max(largest.x, largest.y), max(largest.z, largest.w));
  kind = select(kind, HAS_NAN, (s > 0x7f800000) | (highest > NEG_INF));
  return vec2<f32>(bitcast<f32>(min(u32(min(i32(top), FLT_MAX_BITS)), NEG_FLT_MAX_BITS)), kind);
}

fn set_max(value: vec2<f32>) {
  row_max = value[0];
  row_kind = value[1];
  // Below a large maximum the next float is further away: the bound lies past half that gap.
  let half_reach = max(params.half_exp_reach, 0x1.4p-25 * abs(row_max));
  let lowest = 2.0 * max(0.5 * row_max - half_reach, -0.5 * FLT_MAX);
  let bits = bitcast<i32>(lowest);
  let negative = bits < 0;
  lowest_negative = select(NEG_FLT_MAX_BITS, u32(bits), negative);
  lowest_positive = select(bits, bitcast<i32>(0x80000000u), negative);
  hidden_zero = params.opaque_zero;
}

// The value of every element of a row with a special element.
var<private> special: bool;
var<private> fill: u32;

fn set_fill() {
  special = row_kind != FINITE;
  fill = select(NAN, params.empty_fill, row_kind == EMPTY);
}

// Whether the rows need no guards: every element is finite and close enough to the
// maximum for its exponential not to vanish. Then the bounds above change no bit, and an
// invocation that reads whole rows may skip them.
fn is_plain() -> bool {
  let least = select(smallest, largest, largest >= vec4<u32>(0x80000000u));
  let reached = (least <= vec4<u32>(lowest_negative))
    & (vec4<i32>(least) >= vec4<i32>(lowest_positive));
  let near = (0x1.4p-25 * abs(row_max)) <= params.half_exp_reach;
  return all(reached & vec4<bool>(near)) && all(vec4<f32>(row_kind) == vec4<f32>(FINITE));
}

// ---- shaders/shared/below-max.wgsl ---------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler can fold.
var<private> hidden_zero: u32;

// exp(t) of each element; −inf gives 0. Undefined and unused in a row with a +inf or a NaN.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is out of some builtins' range.
  let t = min(bitcast<vec4<u32>>(params.scale * (x - row_max)), vec4<u32>(FAR_BELOW));
  return select(exp(bitcast<vec4<f32>>(t)), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  if (plain) {
    // The same bits, without the guards. The XOR keeps the compiler from reordering the
    // products.
    let t = bitcast<vec4<u32>>(params.scale * (bitcast<vec4<f32>>(bits) - row_max));
    return exp(bitcast<vec4<f32>>(t ^ vec4<u32>(hidden_zero)));
  }
  return exp_below_max(bits);
}

// ---- shaders/reductions/chains.wgsl --------------------------------------------------------------
// A lane adds its quads' terms in chains of 8, chains in spans of 8, and spans one after
// the other: equal terms round the same way each time, so long chains of them drift.

var<private> sums: f32;
var<private> chain: vec4<f32>;
var<private> span: vec4<f32>;

fn close_chain(full: bool) {
  // In a loop a branch costs more.
  span += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_span(full: bool) {
  add_span(only_if(full, span));
  span = only_if(!full, span);
}

fn add_span(terms: vec4<f32>) {
  sums += (terms.x + terms.y) + (terms.z + terms.w);
}

// ---- shaders/loaders/vec4.wgsl for x, y ----------------------------------------------------------
// Quads of one vec4 each, addressed in vec4s: rows or, in COLUMNS, slabs aligned to 16 bytes,
// a multiple of four wide. Padded quads may lie past the row's end.

var<private> base_x: u32;
var<private> base_y: u32;

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad] = bits;
}

// ---- shaders/walks/elements.wgsl -----------------------------------------------------------------
// A quad of the row as the operation sees it: with the mask applied, padded past the end.

fn element_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad];
}

// ---- shaders/walks/streamed.wgsl -----------------------------------------------------------------
// Every pass reads the row again from memory (or, for rows of a few thousand elements,
// from the cache), so rows may have any length. An invocation alone scans and accumulates; lanes
// may share what is written. Alone, loops are unrolled by four quads, because an iteration costs
// half a load on SwiftShader; loops with guards are unrolled by two. With PLAIN, rows that need no
// guards take the loops without them.
// UNROLL_BY_TWO unrolls these by two as well: four quads' code would not fit the instruction
// cache.
//
// With STORED, the exponentials that are summed are also stored in the output buffer: one
// exp per element, for one more store and load. That pays where arithmetic is the
// bottleneck, as on CPU-backed adapters. Elsewhere they are recomputed when the row is
// written.

fn scan(last: u32) {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
  let whole = min(last, whole_quads());
  var quad = 0u;
  for (; quad + 3u < whole; quad += 4u) {
    update_max(element_x(quad));
    update_max(element_x(quad + 1u));
    update_max(element_x(quad + 2u));
    update_max(element_x(quad + 3u));
  }
  for (; quad < whole; quad++) {
    update_max(element_x(quad));
  }
}

// A lane's terms are summed in chains of 8 quads, and chains in spans of 8: equal terms
// round the same way each time, so long chains of them drift.
fn accumulate(last: u32) {
  sums = 0.0;
  chain = vec4<f32>();
  span = vec4<f32>();
  let whole = min(last, whole_quads());
  var quad = 0u;
  var plain_end = whole;
  if (!is_plain()) {
    plain_end = 0u;
  }
  for (;quad + 3u < plain_end; quad += 4u) {
    take(quad, PLAIN);
    take(quad + 1u, PLAIN);
    take(quad + 2u, PLAIN);
    take(quad + 3u, PLAIN);
    close_full(quad + 4u);
  }
  for (;quad + 1u < whole; quad += 2u) {
    take(quad, false);
    take(quad + 1u, false);
    close_full(quad + 2u);
  }
  for (; quad < whole; quad++) {
    take(quad, false);
    close_full(quad + 1u);
  }
  close_chain(true);
  close_span(true);
}

// A chunk begins at a multiple of 64 quads.
fn close_full(end: u32) {
  close_chain(end % 8u == 0u);
  close_span(end % 64u == 0u);
}

fn take(quad: u32, plain: bool) {
  let x = element_x(quad);
  let mapped = bitcast<vec4<u32>>(exp_of_logit(x, plain));
  chain += bitcast<vec4<f32>>(mapped);
  store_y(quad, mapped);
}

// Writes the row, by the same loops.
fn emit(last: u32) {
  let whole = min(last, whole_quads());
  let stride = lanes;
  var quad = lane;
  var plain_end = whole;
  if (!writes_plain()) {
    plain_end = 0u;
  }
  for (;quad + 3u * stride < plain_end; quad += 4u * stride) {
    write(quad, PLAIN);
    write(quad + stride, PLAIN);
    write(quad + 2u * stride, PLAIN);
    write(quad + 3u * stride, PLAIN);
  }
  for (;quad + stride < whole; quad += 2u * stride) {
    write(quad, false);
    write(quad + stride, false);
  }
  for (; quad < whole; quad += stride) {
    write(quad, false);
  }
}

// Stored exponentials have already passed the guards; only the rows' kind is left.
fn writes_plain() -> bool {
  return all(vec4<f32>(row_kind) == vec4<f32>(FINITE));
}

fn write(quad: u32, plain: bool) {
  store_y(quad, output_quad(y[base_y + quad], plain));
}
