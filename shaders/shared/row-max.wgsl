// provides: EMPTY, FINITE, HAS_INF, HAS_NAN, FAR_BELOW, largest_signed, smallest, largest,
//   row_max, row_kind, lowest_negative, lowest_positive, clear_max, update_max, lane_max,
//   set_max, special, fill, set_fill, lane_min, restore_min, is_plain, finite_rows, below_max
// requires: RowF32, RowU32, RowI32, RowF32x2, greatest_i32, least_u32, NEG_INF, greatest_u32,
//   finite_row, FLT_MAX, NEG_FLT_MAX_BITS, begin_exps, RowBool, NAN, least_f32, finite
//
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
var<private> row_max: RowF32;
var<private> row_kind: RowF32;

// Below this logit an exponential is 0, as bounds on bits, which are cheap everywhere: for
// negative patterns (which as u32 grow downwards) and for positive ones.
var<private> lowest_negative: RowU32;
var<private> lowest_positive: RowI32;

fn clear_max() {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
}

fn update_max(bits: vec4<u32>) {
  largest_signed = max(largest_signed, vec4<i32>(bits));
  smallest = min(smallest, bits);
  largest = max(largest, bits);
}

fn lane_max() -> RowF32x2 {
  let s = greatest_i32(largest_signed);
  let top = select(least_u32(smallest), RowU32(s), s >= RowI32());
  var kind = select(RowF32(FINITE), RowF32(EMPTY), top >= RowU32(NEG_INF));
  kind = select(kind, RowF32(HAS_INF), s == RowI32(0x7f800000));
  let highest = greatest_u32(largest);
  kind = select(kind, RowF32(HAS_NAN), (s > RowI32(0x7f800000)) | (highest > RowU32(NEG_INF)));
  return RowF32x2(finite_row(top), kind);
}

fn set_max(value: RowF32x2) {
  row_max = value[0];
  row_kind = value[1];
  // Below a large maximum the next float is further away: the bound lies past half that gap.
  let half_reach = max(RowF32(params.half_exp_reach), half_gap());
  let lowest = 2.0 * max(0.5 * row_max - half_reach, RowF32(-0.5 * FLT_MAX));
  let bits = bitcast<RowI32>(lowest);
  let negative = bits < RowI32();
  lowest_negative = select(RowU32(NEG_FLT_MAX_BITS), RowU32(bits), negative);
  lowest_positive = select(bits, RowI32(bitcast<i32>(0x80000000u)), negative);
  begin_exps();
}

fn half_gap() -> RowF32 {
  return 0x1.4p-25 * abs(row_max);
}

// The value of every element of a row with a special element.
var<private> special: RowBool;
var<private> fill: RowU32;

fn set_fill() {
  special = row_kind != RowF32(FINITE);
  fill = select(RowU32(NAN), RowU32(params.empty_fill), row_kind == RowF32(EMPTY));
}

fn min_bits() -> vec4<u32> {
  return select(smallest, largest, largest >= vec4<u32>(0x80000000u));
}

// The lowest logit this lane has seen; −inf counts as −FLT_MAX.
fn lane_min() -> RowF32 {
  return least_f32(finite(min_bits()));
}

// Restores the minimum from a chunk's stored minimum; −FLT_MAX is treated as −inf.
fn restore_min(lowest: RowF32) {
  let bits = select(bitcast<RowU32>(lowest), RowU32(NEG_INF), lowest <= RowF32(-FLT_MAX));
  smallest = vec4<u32>(bits);
  largest = smallest;
}

// Whether the rows need no guards: every element is finite and close enough to the
// maximum for its exponential not to vanish. Then the bounds above change no bit, and an
// invocation that reads whole rows may skip them.
fn is_plain() -> bool {
  let least = min_bits();
  let reached = (least <= vec4<u32>(lowest_negative))
    & (vec4<i32>(least) >= vec4<i32>(lowest_positive));
  let near = half_gap() <= RowF32(params.half_exp_reach);
  return all(reached & vec4<bool>(near)) && finite_rows();
}

fn finite_rows() -> bool {
  return all(vec4<f32>(row_kind) == vec4<f32>(FINITE));
}

// t = s·(x − max) <= 0, not below −s·reach. Subtracted before scaling, so that nothing
// cancels, and at half size, so that nothing overflows.
fn below_max(x: RowF32, half_reach: f32) -> RowF32 {
  return params.double_scale * max(0.5 * x - 0.5 * row_max, RowF32(-half_reach));
}
