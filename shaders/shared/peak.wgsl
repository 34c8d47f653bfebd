// provides: EMPTY, FINITE, INFINITE, POISONED, FAR_BELOW, largest_signed, smallest, largest,
//   peak, lowest_negative, lowest_positive, clear_peak, see, lane_peak, set_peak, special,
//   fill, set_fill, lowest_seen, see_again, is_plain, finite_rows, below_peak, below_peak_quad,
//   plain_below_peak, above_peak
// requires: RowF32x2, RowU32, RowI32, greatest_i32, least_u32, RowF32, NEG_INF, greatest_u32,
//   finite_row, FLT_MAX, begin_exps, RowBool, NAN, least_f32, finite
//
// The row's maximum and the row's kind. The maximum is exact, so it does not depend on
// how the quads were divided among lanes. Three integer operations per quad order and
// classify the bits: as i32 the largest pattern is the maximum if any element is >= 0,
// and reveals +inf and NaN; as u32 the smallest pattern is the maximum if all elements
// are negative, and the largest reveals a NaN with its sign set.

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

// Below this logit an exponential is 0, as bounds on bits: for negative patterns (which
// as u32 grow downwards) and for positive ones. Integer minima and maxima are cheap
// everywhere; those of f32 cost half an exp on SwiftShader.
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
  let highest = greatest_u32(largest);
  let nan = (s > RowI32(0x7f800000)) | (highest > RowU32(NEG_INF));
  kind = select(kind, RowF32(POISONED), nan);
  return RowF32x2(finite_row(top), kind);
}

fn set_peak(value: RowF32x2) {
  peak = value;
  // Below a large maximum the next float is further away than that; then the bound lies
  // just past half that gap.
  let half_reach = max(RowF32(params.half_exp_reach), half_gap());
  let lowest = 2.0 * max(0.5 * peak[0] - half_reach, RowF32(-0.5 * FLT_MAX));
  let bits = bitcast<RowI32>(lowest);
  let negative = bits < RowI32();
  lowest_negative = select(RowU32(0xff7fffffu), RowU32(bits), negative);
  lowest_positive = select(bits, RowI32(bitcast<i32>(0x80000000u)), negative);
  begin_exps();
}

fn half_gap() -> RowF32 {
  return 0x1.4p-25 * abs(peak[0]);
}

// The value of every element of a row with a special element.
var<private> special: RowBool;
var<private> fill: RowU32;

fn set_fill() {
  special = peak[1] != RowF32(FINITE);
  fill = select(RowU32(NAN), RowU32(params.empty_fill), peak[1] == RowF32(EMPTY));
}

fn least_seen() -> vec4<u32> {
  return select(smallest, largest, largest >= vec4<u32>(0x80000000u));
}

// The lowest logit this lane has seen; −inf counts as −FLT_MAX.
fn lowest_seen() -> RowF32 {
  return least_f32(finite(least_seen()));
}

// Restores the minimum from a chunk's stored minimum; −FLT_MAX is treated as −inf.
fn see_again(lowest: RowF32) {
  let bits = select(bitcast<RowU32>(lowest), RowU32(NEG_INF), lowest <= RowF32(-FLT_MAX));
  smallest = vec4<u32>(bits);
  largest = smallest;
}

// Whether the rows need no guards: every element is finite and close enough to the
// maximum for its exponential not to vanish. Then the bounds above change no bit, and an
// invocation that reads whole rows may skip them.
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

// t = s·(x − max) <= 0, not below −s·reach. Subtracted before scaling, so that nothing
// cancels, and at half size, so that nothing overflows.
fn below_peak(x: RowF32, half_reach: f32) -> RowF32 {
  return params.double_scale * max(0.5 * x - 0.5 * peak[0], RowF32(-half_reach));
}

// Differences are not positive, so the greater of two has the smaller bits.
fn below_peak_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  let half = bitcast<vec4<u32>>(0.5 * x - 0.5 * peak[0]);
  return params.double_scale * bitcast<vec4<f32>>(min(half, vec4<u32>(bitcast<u32>(-half_reach))));
}

// The same bits in a row that needs no guards.
fn plain_below_peak(x: vec4<f32>) -> vec4<f32> {
  return params.double_scale * (0.5 * x - 0.5 * peak[0]);
}

// s·max + log Σ, saturating at ±FLT_MAX.
fn above_peak(log_sum: RowF32) -> RowF32 {
  let reach = RowF32(2.0 * params.half_reach);
  return params.scale * clamp(peak[0], -reach, reach) + log_sum;
}
