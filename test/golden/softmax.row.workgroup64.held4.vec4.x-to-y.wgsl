struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  half_exp_reach: f32,
  empty_fill: u32,
  scale: f32,
  offset_x: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

const WORKGROUP_SIZE = 64u;
const LANES = 64u;
const FAN = 8u;
const QUADS_PER_LANE = 4u;
const PADDING_X = NEG_INF;

// ---- shaders/lanes/workgroup.wgsl ----------------------------------------------------------------
// LANES invocations of a workgroup share a row. Workgroup memory combines their values in
// two levels, with two barriers: FAN lanes combine LANES / FAN values each, in slots that no
// other lane reads, then every lane combines those. All invocations take part: none diverges.

var<private> lane: u32;
var<workgroup> shared_max: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<f32, WORKGROUP_SIZE>;

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

fn combine_max(value: vec2<f32>) -> vec2<f32> {
  shared_max[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = value;
    for (var i = lane + FAN; i < LANES; i += FAN) {
      part = max(part, shared_max[i]);
    }
    shared_max[lane] = part;
  }
  workgroupBarrier();
  var result = shared_max[0u];
  for (var i = 1u; i < FAN; i++) {
    result = max(result, shared_max[i]);
  }
  return result;
}

fn combine_sums(value: f32) -> f32 {
  shared_sums[lane] = value;
  workgroupBarrier();
  if (lane < FAN) {
    var part = value;
    for (var i = lane + FAN; i < LANES; i += FAN) {
      part = part + shared_sums[i];
    }
    shared_sums[lane] = part;
  }
  workgroupBarrier();
  var result = shared_sums[0u];
  for (var i = 1u; i < FAN; i++) {
    result = result + shared_sums[i];
  }
  return result;
}

// ---- shaders/regimes/row.wgsl --------------------------------------------------------------------
// A group of lanes processes a whole row: it reduces the row, then writes it.

fn run(group: u32) {
  base_x = (params.offset_x + group * params.length) / 4u - params.axis_start / 4u;
  base_y = (params.offset_y + group * params.length) / 4u - params.axis_start / 4u;
  let last = (params.length + 3u) / 4u;
  scan(last);
  set_max(combine_max(lane_max()));
  accumulate();
  sums = combine_sums(sums);
  inverse = 1.0 / sums;
  set_fill();
  emit(last);
}

// ---- shaders/ops/softmax.wgsl --------------------------------------------------------------------
// y = exp(t) / Σ exp(t), t = s·(x − max). The exponentials are those of the sum.

var<private> inverse: f32;

fn output_quad(mapped: vec4<u32>) -> vec4<u32> {
  let y = bitcast<vec4<f32>>(mapped) * inverse;
  return select(bitcast<vec4<u32>>(y), vec4<u32>(fill), special);
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
}

// The value of every element of a row with a special element.
var<private> special: bool;
var<private> fill: u32;

fn set_fill() {
  special = row_kind != FINITE;
  fill = select(NAN, params.empty_fill, row_kind == EMPTY);
}

// ---- shaders/shared/below-max.wgsl ---------------------------------------------------------------
// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// exp(t) of each element; −inf gives 0. Undefined and unused in a row with a +inf or a NaN.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  // Below a large maximum even the nearest number is out of some builtins' range.
  let t = min(bitcast<vec4<u32>>(params.scale * (x - row_max)), vec4<u32>(FAR_BELOW));
  return select(exp(bitcast<vec4<f32>>(t)), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

// ---- shaders/reductions/chains.wgsl --------------------------------------------------------------
// A lane adds its quads' terms in chains of 8, chains in spans of 8, and spans one after
// the other: equal terms round the same way each time, so long chains of them drift.

var<private> sums: f32;
var<private> chain: vec4<f32>;
var<private> span: vec4<f32>;

// ---- shaders/loaders/vec4.wgsl for x, y ----------------------------------------------------------
// Quads of one vec4 each, addressed in vec4s: rows or, in COLUMNS, slabs aligned to 16 bytes,
// a multiple of four wide. Padded quads may lie past the row's end.

var<private> base_x: u32;

fn load_padded_x(quad: u32, last: u32) -> vec4<u32> {
  return select(vec4<u32>(PADDING_X), x[base_x + min(quad, max(last, 1u) - 1u)], quad < last);
}

var<private> base_y: u32;

// ---- shaders/walks/held.wgsl ---------------------------------------------------------------------
// Each lane holds its quads, at most 16, in registers. All loads come first and none is
// behind a branch: a lane waits for memory once. Trip counts are constant so that loops unroll.

var<private> held_x: array<vec4<u32>, QUADS_PER_LANE>;

fn scan(last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * LANES;
    held_x[i] = load_padded_x(quad, last);
  }
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    largest_signed = max(largest_signed, vec4<i32>(held_x[i]));
    smallest = min(smallest, held_x[i]);
    largest = max(largest, held_x[i]);
  }
}

fn accumulate() {
  sums = 0.0;
  chain = vec4<f32>();
  span = vec4<f32>();
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let mapped = bitcast<vec4<u32>>(exp_below_max(held_x[i]));
    chain += bitcast<vec4<f32>>(mapped);
    held_x[i] = mapped;
  }
  span += chain;
  sums += (span.x + span.y) + (span.z + span.w);
}

fn emit(last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * LANES;
    if (quad < last) {
      y[base_y + quad] = output_quad(held_x[i]);
    }
  }
}
