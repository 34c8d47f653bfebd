enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);

struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  opaque_zero: u32,
  scale: f32,
  half_reach: f32,
  double_scale: f32,
  half_exp_reach: f32,
  empty_fill: u32,
  offset_x: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;

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

fn combine_sums(value: Sums) -> Sums {
  var result = value;
  for (var distance = 1u; distance < lanes; distance *= 2u) {
    result = merged(result, shuffled(result, distance));
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
  accumulate(last);
  sums = combine_sums(sums);
  log_sum = log_of(sums.exps);
  set_fill();
  emit(last);
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four adjacent elements of one row, so per-row values are scalars.

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// ---- shaders/shared/high.wgsl --------------------------------------------------------------------
// Sums of exponentials and their terms with `precision: high`. `sum.wgsl`,
// `below-max.wgsl` and `reductions/chains.wgsl` define the same functions with one f32
// in place of two.

// A row's sum of exponentials is the unevaluated sum of two f32s, the second no larger
// than a rounding error of the first.
//
// Values that a compiler must not reassociate (WGSL permits it) go through `opaque`: an
// XOR with a uniform that is always 0. The self-test of `src/high.ts` detects
// compilers that see through it.

fn opaque(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ params.opaque_zero);
}

fn opaque_quad(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4<u32>(params.opaque_zero));
}

// a + b exactly, for |a| >= |b|.
fn two_sum_ordered(a: f32, b: f32) -> vec2<f32> {
  let sum = opaque(a + b);
  return vec2<f32>(sum, b - opaque(sum - a));
}

// a + b exactly.
fn two_sum(a: f32, b: f32) -> vec2<f32> {
  let sum = opaque(a + b);
  let of_b = opaque(sum - a);
  let of_a = opaque(sum - of_b);
  return vec2<f32>(sum, opaque(a - of_a) + opaque(b - of_b));
}

// The first 12 significant bits of x: the product of two such numbers is exact.
fn head(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
}

fn plus(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
  let sum = two_sum(a[0], b[0]);
  return two_sum_ordered(sum[0], sum[1] + (a[1] + b[1]));
}

// The logarithm of a whole row's sum, in which the maximum's term is 1. Where the other
// terms are small it is log1p of those, accurate in relative terms.
fn log_of(sum: vec2<f32>) -> f32 {
  let others = max(opaque(sum[0] - 1.0) + sum[1], 0.0);
  let near_1 = twice_atanh(others / (2.0 + others));
  let first = max(sum[0], 1.0);
  return select(log_accurate(first) + sum[1] / first, near_1, others < 0.41);
}

// exp of t = t_high + t_low within half a unit and the last rounding, as expm1 of the
// reduced argument and a power of two: exp t = (1 + [0])·[1], for t in [−200, 88].
//
// t = n·ln 2 + r. The first difference is exact, the other two terms are small.
// A power below 2⁻¹²⁶ is 0. The polynomial is the best of its degree on
// |r| <= ln 2 / 2, and errs by 2⁻²⁸.
fn exp_parts(t_high: vec4<f32>, t_low: vec4<f32>) -> mat2x4<f32> {
  let n = floor((t_high + t_low) * 1.4426950408889634 + 0.5);
  let r = opaque_quad(t_high - n * LN2_HIGH) + (t_low - n * LN2_LOW);
  let p = 0.49999994 + r * (0.16666521 + r * (0.04166839 + r * (0.008368711 + r * 0.001381461)));
  let exponent = vec4<u32>(max(vec4<i32>(n) + 127, vec4<i32>()));
  return mat2x4<f32>(r + r * r * p, bitcast<vec4<f32>>(exponent << vec4<u32>(23u)));
}

var<private> quanta_per_unit: f32;
var<private> quantum: f32;
var<private> quantum_head: f32;
var<private> quantum_tail: f32;
var<private> max_whole: f32;
var<private> max_fraction: f32;

fn begin_exps() {
  // The exponent is that of the scale plus 5, or the negated one of the maximum plus 24
  // if that is less. Powers of two are inverted by their bits.
  let by_scale = u32((bitcast<u32>(params.scale) & 0x7f800000u) + 0x02800000u);
  let by_max = 0x8b000000u - (bitcast<u32>(row_max) & 0x7f800000u);
  let exponent = min(by_scale, by_max);
  quanta_per_unit = bitcast<f32>(exponent);
  // Beyond a quantum of 2⁹ the exponential vanishes; it only must not overflow.
  quantum = min(params.scale, 0x1p+9 * quanta_per_unit)
    * bitcast<f32>(0x7f000000u - exponent);
  quantum_head = head(quantum);
  quantum_tail = quantum - quantum_head;
  max_whole = trunc(row_max * quanta_per_unit);
  max_fraction = row_max * quanta_per_unit - max_whole;
}

// exp(t) of each element, in two parts as from `exp_parts`.
fn parts_below_max(bits: vec4<u32>) -> mat2x4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  let quanta = x * quanta_per_unit;
  let whole = trunc(quanta);
  let wholes = whole - max_whole;
  let fractions = opaque_quad(quanta - whole) - max_fraction;
  return exp_parts(quantum_head * wholes, quantum_tail * wholes + quantum * fractions);
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN the result is
// undefined and unused.
fn exp_below_max(bits: vec4<u32>) -> vec4<f32> {
  let parts = parts_below_max(bits);
  return select((1.0 + parts[0]) * parts[1], vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

fn exp_of_logit(bits: vec4<u32>) -> vec4<f32> {
  // The guards cost little here, so rows that need none have them too.
  return exp_below_max(bits);
}

struct Sums {
  exps: vec2<f32>,
  // An operation's other sums, at most three.
  others: vec3<f32>,
}

var<private> sums: Sums;
var<private> chain_units: vec4<f32>;
var<private> chain_fractions: vec4<f32>;
var<private> span_wholes: vec4<f32>;
var<private> span_units: vec4<f32>;
var<private> span_fractions: vec4<f32>;

fn clear_sums() {
  sums = Sums();
  chain_units = vec4<f32>();
  chain_fractions = vec4<f32>();
  span_wholes = vec4<f32>();
  span_units = vec4<f32>();
  span_fractions = vec4<f32>();
}

fn add_exps(e: vec4<f32>) {
  let units = e * 0x1p+21f;
  let whole = trunc(units);
  chain_units += whole;
  chain_fractions += opaque_quad(units - whole);
}

fn close_chain() {
  let wholes = trunc(chain_units * 0x1p-9f);
  span_wholes += wholes;
  span_units += opaque_quad(chain_units - wholes * 0x1p+9f);
  span_fractions += chain_fractions;
  chain_units = vec4<f32>();
  chain_fractions = vec4<f32>();
}

fn close_span() {
  let span = two_sum(sum_of(span_wholes) * 0x1p-12f, sum_of(span_units) * 0x1p-21f);
  let fractions = vec2<f32>(0.0, sum_of(span_fractions) * 0x1p-21f);
  sums.exps = plus(sums.exps, plus(span, fractions));
  span_wholes = vec4<f32>();
  span_units = vec4<f32>();
  span_fractions = vec4<f32>();
}

fn merged(a: Sums, b: Sums) -> Sums {
  return Sums(plus(a.exps, b.exps), a.others + b.others);
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return Sums(
    subgroupShuffleXor(value.exps, lane_bits),
    subgroupShuffleXor(value.others, lane_bits),
  );
}

// ---- shaders/ops/log-softmax.wgsl ----------------------------------------------------------------
// y = t − log Σ exp(t), t = s·(x − max).

var<private> log_sum: f32;

// Finite logits give finite results: a difference, or s times it, saturates at −FLT_MAX.
fn output_quad(x: vec4<u32>) -> vec4<u32> {
  let t = below_max_quad(finite(x), params.half_reach);
  let y = select(bitcast<vec4<u32>>(t - log_sum), vec4<u32>(NEG_INF), x == vec4<u32>(NEG_INF));
  return select(y, vec4<u32>(fill), special);
}

// Differences are not positive, so the greater of two has the smaller bits.
fn below_max_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  let half = bitcast<vec4<u32>>(0.5 * x - 0.5 * row_max);
  return params.double_scale * bitcast<vec4<f32>>(min(half, vec4<u32>(bitcast<u32>(-half_reach))));
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

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur. So row data
// is bound as u32 and classified by its bits, and only finite values are ever treated as
// f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const NAN = 0x7fc00000u;
const FLT_MAX = 0x1.fffffep+127f;
const FLT_MAX_BITS = 0x7f7fffff;
const NEG_FLT_MAX_BITS = 0xff7fffff;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min clamps each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(FLT_MAX_BITS)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(NEG_FLT_MAX_BITS)));
}

// ---- shaders/shared/exp.wgsl ---------------------------------------------------------------------
// Exponentials that rescale partial sums. One call per row or chunk: their cost is
// negligible.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// ---- shaders/shared/row-max.wgsl -----------------------------------------------------------------
// The row's maximum and kind. The maximum is exact, however quads are divided among lanes.
// Three integer operations per quad order and classify the bits: as i32 the largest is
// the maximum if any element is >= 0, and reveals +inf and NaN; as u32 the smallest is the
// maximum if all are negative, and the largest reveals a NaN with its sign set.

const EMPTY = 0.0;  // no element above −inf
const FINITE = 1.0;
const HAS_INF = 2.0;
const HAS_NAN = 3.0;

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
  return vec2<f32>(bitcast<f32>(min(u32(min(i32(top), FLT_MAX_BITS)), NEG_FLT_MAX_BITS)), kind);
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
  begin_exps();
}

// The value of every element of a row with a special element.
var<private> special: bool;
var<private> fill: u32;

fn set_fill() {
  special = row_kind != FINITE;
  fill = select(NAN, params.empty_fill, row_kind == EMPTY);
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
  clear_sums();
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes;
    if (quad < last) {
      let mapped = held_x[i];
      add_exps(exp_of_logit(held_x[i]));
      held_x[i] = mapped;
    }
  }
  close_chain();
  close_span();
}

fn emit(last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes;
    if (quad < last) {
      y[base_y + quad] = output_quad(held_x[i]);
    }
  }
}
