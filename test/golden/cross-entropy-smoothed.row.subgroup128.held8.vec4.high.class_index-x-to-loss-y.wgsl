enable subgroups;
requires subgroup_id;
diagnostic(off, subgroup_uniformity);

struct Params {
  row_groups: u32,
  elements: u32,
  group_start: u32,
  group_end: u32,
  row_start: u32,
  length: u32,
  inner: u32,
  axis_start: u32,
  chunk_start: u32,
  chunk_quads: u32,
  chunks: u32,
  classes: u32,
  scale: f32,
  double_scale: f32,
  half_reach: f32,
  half_exp_reach: f32,
  empty_fill: u32,
  ignore_index: u32,
  has_ignore: u32,
  target_share: f32,
  class_share: f32,
  z_loss: f32,
  row_factor: u32,
  z_factor: u32,
  loss_grad: u32,
  queries: u32,
  mask_rank: u32,
  mask_step: u32,
  offset_x: u32,
  offset_v: u32,
  offset_y: u32,
  offset_mask: u32,
  offset_weights: u32,
  offset_class_index: u32,
  offset_lse: u32,
  offset_dlse: u32,
  offset_loss_grad: u32,
  offset_norm: u32,
  offset_loss: u32,
  offset_total: u32,
  step_class_index: u32,
  step_lse: u32,
  step_dlse: u32,
  step_loss_grad: u32,
  mask_dims: array<vec4<u32>, 8>,
}

const WORKGROUP_SIZE = 128u;
const STEPS = 8u;
const SPREAD = 1u;
const RAGGED = false;
const ALONE = false;
const HAS_PEAK = true;
const PLAIN = false;
const IN_PAIRS = false;
const HAS_SUMS = true;
const PADDING_X = NEG_INF;
const PADDING_V = 0u;
const PADDING_Y = 0u;
const PADDING_MASK = 0u;

fn rest() -> u32 { return params.length % 4u; }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> class_index: array<u32>;
@group(0) @binding(4) var<storage, read_write> loss: array<u32>;

fn open_row(row: u32) {
  open_x(row);
  open_y(row);
  begin_row(row);
}

// A quad is four neighbours of one row, so what is known of the row is a scalar.
// `rows/four.wgsl` defines the same names for the other way round.

alias RowF32 = f32;
alias RowI32 = i32;
alias RowU32 = u32;
alias RowBool = bool;
alias RowF32x2 = vec2<f32>;
alias RowF32x3 = vec3<f32>;
alias RowF32x4 = vec4<f32>;

fn row_of(group: u32) -> u32 {
  return group;
}

fn rows_from(row: u32) -> RowU32 {
  return row;
}

fn quads() -> u32 {
  return (params.length + 3u) / 4u;
}

// Quads without an element past the row's end.
fn whole_quads() -> u32 {
  return params.length / 4u;
}

// The indices along the axis of a quad's four elements.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
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

fn least_f32(v: vec4<f32>) -> RowF32 {
  return min(min(v.x, v.y), min(v.z, v.w));
}

// Of four values of which all but one are 0.
fn only_u32(v: vec4<u32>) -> RowU32 {
  return v.x | v.y | v.z | v.w;
}

fn any_of(v: vec4<bool>) -> RowBool {
  return any(v);
}

// Of a quad of equals.
fn first_of(v: vec4<u32>) -> RowU32 {
  return v.x;
}

fn max_pair(a: RowF32x2, b: RowF32x2) -> RowF32x2 {
  return max(a, b);
}

// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX = 0x1.fffffep+127f;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min deals with each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(0xff7fffffu)));
}

fn finite_row(bits: RowU32) -> RowF32 {
  let below_pos_inf = RowU32(min(RowI32(bits), RowI32(0x7f7fffff)));
  return bitcast<RowF32>(min(below_pos_inf, RowU32(0xff7fffffu)));
}

// A vector or 0, by its bits: in a loop SwiftShader takes longer for a branch, and
// for a select.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

fn is_special_row(bits: RowU32) -> RowBool {
  return (bits & RowU32(MAGNITUDE)) >= RowU32(POS_INF);
}

// Logarithms of row sums within about 1 ULP (the builtin may be off by an
// absolute 2⁻²¹ near 1, where a confident row's loss lives). One call a row.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// log((1 + z) / (1 − z)) = 2 (z + z³/3 + z⁵/5 + …); |z| <= 0.1716 here.
fn twice_atanh(z: RowF32) -> RowF32 {
  let w = z * z;
  let p = w * (0.33333334 + w * (0.2 + w * (0.14285715 + w * (0.11111111 + w * 0.09090909))));
  return 2.0 * z + 2.0 * z * p;
}

// log x for x >= √½: x = 2ⁿ·m with √½ <= m < √2, and m − 1 is exact.
fn log_accurate(x: RowF32) -> RowF32 {
  let bits = bitcast<RowU32>(x);
  let n = (bits - RowU32(0x3f3504f3u)) >> RowU32(23u);
  let m = bitcast<RowF32>(bits - (n << RowU32(23u)));
  return RowF32(n) * LN2_HIGH + (RowF32(n) * LN2_LOW + twice_atanh((m - 1.0) / (m + 1.0)));
}

// log(1 + x) for x >= 0, to relative precision down to the smallest x.
fn log1p_accurate(x: RowF32) -> RowF32 {
  return select(log_accurate(1.0 + x), twice_atanh(x / (2.0 + x)), x < RowF32(0.41));
}

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

// −inf is −FLT_MAX here.
fn lowest_seen() -> RowF32 {
  return least_f32(finite(least_seen()));
}

// As if the chunk were seen that this is the lowest logit of. One of −FLT_MAX is
// taken for the −inf that it may be.
fn see_again(lowest: RowF32) {
  let bits = select(bitcast<RowU32>(lowest), RowU32(NEG_INF), lowest <= RowF32(-FLT_MAX));
  smallest = vec4<u32>(bits);
  largest = smallest;
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

// t = s·(x − max) <= 0, not below −s·reach: subtracted first and scaled after, so
// that nothing cancels, and in halves, so that nothing overflows.
fn below_peak(x: RowF32, half_reach: f32) -> RowF32 {
  return params.double_scale * max(0.5 * x - 0.5 * peak[0], RowF32(-half_reach));
}

// Differences are not positive: the greater of two is the smaller of their bits.
fn below_peak_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  let half = bitcast<vec4<u32>>(0.5 * x - 0.5 * peak[0]);
  return params.double_scale * bitcast<vec4<f32>>(min(half, vec4<u32>(bitcast<u32>(-half_reach))));
}

// The same bits in a plain row.
fn plain_below_peak(x: vec4<f32>) -> vec4<f32> {
  return params.double_scale * (0.5 * x - 0.5 * peak[0]);
}

// s·max + log Σ, stopping at ±FLT_MAX.
fn above_peak(log_sum: RowF32) -> RowF32 {
  let reach = RowF32(2.0 * params.half_reach);
  return params.scale * clamp(peak[0], -reach, reach) + log_sum;
}

// loss = f·Σ t′ (lse − s·x) + f_z·z·lse², and its gradient
// s·f·(p·Σ t′ − t′) + f_z·2·z·s·lse·p, for a target distribution t′ that a file
// of `targets/` knows: its sums, its loss and its p·Σ t′ − t′.

const KEPT = 0u;
const IGNORED = 1u;  // loss 0, gradient 0
const INVALID = 2u;  // a class index out of range: loss NaN, gradient 0

var<private> row_state: RowU32;
var<private> row_factor: RowU32;
var<private> z_factor: RowU32;
var<private> upstream: RowU32;

var<private> finite_lse: RowF32;
var<private> target_scale: RowF32;
var<private> z_scale: RowF32;
var<private> inverse: RowF32;
var<private> poisoned: RowBool;
var<private> special: RowBool;
var<private> fill: RowU32;

fn begin_row(row: u32) {
  row_factor = value_norm(0u);
  z_factor = value_norm(1u);
  upstream = value_loss_grad(row);
  begin_target(row);
}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return bitcast<vec4<u32>>(exp_of_logit(x, plain));
}

fn settle(row: u32) {
  settle_target();
  inverse = ratio(one(), sum_of_exp());
  finite_lse = above_peak(log_of(sum_of_exp()));
  let f = finite_row(row_factor);
  let f_z = finite_row(z_factor);
  let g = finite_row(upstream);
  target_scale = params.scale * f * g;
  z_scale = saturating_product(2.0 * params.z_loss * params.scale * f_z * g, finite_lse);

  poisoned = (peak[1] > RowF32(FINITE)) | target_poisons() | is_special_row(row_factor)
    | is_special_row(z_factor);
  let grad_poisoned = poisoned | is_special_row(upstream);
  special = (row_state != RowU32(KEPT)) | (peak[1] == RowF32(EMPTY)) | grad_poisoned;
  fill = select(RowU32(params.empty_fill), RowU32(NAN), grad_poisoned);
  fill = select(fill, RowU32(), row_state != RowU32(KEPT));
}

fn fold(part_peak: RowF32) {
  inverse = share_below(part_peak, sum_of_exp());
}

// a·b, stopping at ±FLT_MAX.
fn saturating_product(a: RowF32, b: RowF32) -> RowF32 {
  let most = FLT_MAX / max(RowF32(1.0), abs(a));
  return a * clamp(b, -most, most);
}

fn result(quad: u32, kept: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let p = bitcast<vec4<f32>>(kept) * inverse;
  let dx = target_scale * target_gradient(quad, p, v) + z_scale * p;
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}

fn row_loss() -> RowU32 {
  let z = params.z_loss * finite_row(z_factor);
  let half_penalty = 0.5 * saturating_product(saturating_product(z, finite_lse), finite_lse);
  let half_loss = 0.5 * saturating_product(finite_row(row_factor), target_loss());
  let most = RowF32(0.5 * FLT_MAX);
  var bits = bitcast<RowU32>(2.0 * clamp(half_loss + half_penalty, -most, most));
  bits = select(bits, RowU32(POS_INF), target_masked());
  bits = select(bits, RowU32(params.empty_fill), peak[1] == RowF32(EMPTY));
  bits = select(bits, RowU32(NAN), poisoned | (row_state == RowU32(INVALID)));
  return select(bits, RowU32(), row_state == RowU32(IGNORED));
}

fn row_lse() -> RowU32 {
  var bits = bitcast<RowU32>(finite_lse);
  bits = select(bits, RowU32(NEG_INF), peak[1] == RowF32(EMPTY));
  bits = select(bits, RowU32(POS_INF), peak[1] == RowF32(INFINITE));
  return select(bits, RowU32(NAN), peak[1] == RowF32(POISONED));
}

// Any target distribution: t′ is loaded or made an element at a time.

// A t′ other than 0 at a logit of −inf counts 1; a t′ that is not finite counts
// for more than all of those together.
const POISON = 0x1p+64f;

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  let masked_out = x == vec4<u32>(NEG_INF);
  let quarter = select(quarter_below_peak(finite(x)), vec4<f32>(), masked_out);
  let masked = masked_out & (target_of(quad, v) != vec4<f32>());
  let t = join_target(quad, v, quarter);
  let poison = select(vec4<f32>(), vec4<f32>(POISON), target_is_special(quad, v));
  add_exps(bitcast<vec4<f32>>(kept));
  add_targets(t * quarter, t, select(vec4<f32>(), vec4<f32>(1.0), masked) + poison);
}

// A quarter of s·(max − x), because that itself may overflow. Numbers that are not
// negative are ordered as their bits are.
fn quarter_below_peak(x: vec4<f32>) -> vec4<f32> {
  let distance = bitcast<vec4<i32>>(0.25 * peak[0] - 0.25 * x);
  let most = vec4<i32>(bitcast<i32>(0.5 * params.half_reach));
  return params.scale * bitcast<vec4<f32>>(min(distance, most));
}

// The same of a chunk's maximum.
fn distance_to(part_peak: RowF32) -> RowF32 {
  let distance = min(0.25 * peak[0] - 0.25 * part_peak, RowF32(0.5 * params.half_reach));
  return params.scale * distance;
}

fn settle_target() {}

fn target_masked() -> RowBool {
  return trouble() > RowF32();
}

fn target_poisons() -> RowBool {
  return trouble() >= RowF32(POISON);
}

fn target_loss() -> RowF32 {
  let quarter = 0.25 * log_of(sum_of_exp()) * target_sum() + target_distance();
  let most = RowF32(0.25 * FLT_MAX);
  return 4.0 * clamp(quarter, -most, most);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  return p * target_sum() - target_of(quad, v);
}

// A class index with label smoothing: t′ = w·((1 − ε)·[k is the target] + ε / K).

fn begin_target(row: u32) {
  read_target(row);
}

// The part of t′ that is the target's own, and the part that every class has.
fn own_part(quad: u32) -> vec4<f32> {
  return part_where(indices(quad) == vec4<u32>(target_index), quad, params.target_share);
}

fn class_part(quad: u32) -> vec4<f32> {
  return part_where(indices(quad) < vec4<u32>(params.length), quad, params.class_share);
}

fn part_where(has: vec4<bool>, quad: u32, share: f32) -> vec4<f32> {
  return select(vec4<f32>(), finite(class_weights(quad)) * share, has);
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  return own_part(quad) + class_part(quad);
}

// The target's own part is kept apart until the end: beside it in a chain, the
// equal parts of the others would all be rounded the same way.
var<private> own: mat2x4<f32>;

fn join_target(quad: u32, v: vec4<u32>, quarter: vec4<f32>) -> vec4<f32> {
  let t = own_part(quad);
  own += mat2x4<f32>(t * quarter, t);
  return class_part(quad);
}

fn open_sums(first: u32, last: u32) {
  clear_sums();
  own = mat2x4<f32>();
}

// A chain and a block of its own.
fn end_sums() {
  add_targets(own[0], own[1], vec4<f32>());
  close_chain(true);
  close_block(true);
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(class_weights(quad));
}

// The class index of a row and what it asks for. Read as u32, so a negative
// index is out of range too.

var<private> target_index: RowU32;

fn read_target(row: u32) {
  target_index = value_class_index(row);
  let invalid = target_index >= RowU32(params.length);
  row_state = select(RowU32(KEPT), RowU32(INVALID), invalid);
  row_state = select(row_state, RowU32(IGNORED), is_ignored(target_index));
}

fn is_ignored(index: RowU32) -> RowBool {
  return (RowU32(params.has_ignore) != RowU32()) & (index == RowU32(params.ignore_index));
}

// exp of t = t_high + t_low within half a unit and the last rounding, as what is
// to be added to 1 and a power of two: exp t = (1 + [0])·[1], for t of −200 … 88.
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

// A row's sum of exponentials is two f32s, whose exact sum it is: the second is
// no more than a rounding of the first.
//
// What a compiler must not reassociate (WGSL lets it) goes through `opaque`: an
// XOR with a uniform that is 0. A device whose compiler finds a way around it is
// told by the self-test, src/self-test.ts.

alias Sum = RowF32x2;

// The padding of a mask's first dimension, which nobody writes.
fn zero() -> u32 {
  return params.mask_dims[0].w;
}

fn opaque(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) ^ RowU32(zero()));
}

fn opaque_quad(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4<u32>(zero()));
}

// a + b exactly, for |a| >= |b|.
fn two_sum_ordered(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  return Sum(sum, b - opaque(sum - a));
}

// a + b exactly.
fn two_sum(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  let of_b = opaque(sum - a);
  let of_a = opaque(sum - of_b);
  return Sum(sum, opaque(a - of_a) + opaque(b - of_b));
}

// Its first 12 significant bits: the product of two such is exact.
fn head(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) & RowU32(0xfffff000u));
}

// a·b to about 36 bits: the product of the heads, exactly, and the rest.
fn two_product(a: RowF32, b: RowF32) -> Sum {
  let a_tail = opaque(a - head(a));
  let b_tail = opaque(b - head(b));
  return Sum(head(a) * head(b), (head(a) * b_tail + a_tail * head(b)) + a_tail * b_tail);
}

fn one() -> Sum {
  return Sum(RowF32(1.0), RowF32());
}

fn plus(a: Sum, b: Sum) -> Sum {
  let sum = two_sum(a[0], b[0]);
  return two_sum_ordered(sum[0], sum[1] + (a[1] + b[1]));
}

fn times(a: Sum, b: Sum) -> Sum {
  let product = two_product(a[0], b[0]);
  return two_sum_ordered(product[0], product[1] + (a[0] * b[1] + a[1] * b[0]));
}

fn zero_where(condition: RowBool, sum: Sum) -> Sum {
  return Sum(select(sum[0], RowF32(), condition), select(sum[1], RowF32(), condition));
}

// a / b, rounded once: the quotient of the first parts and a step of Newton's.
fn ratio(a: Sum, b: Sum) -> RowF32 {
  let inverse = 1.0 / b[0];
  let quotient = opaque(a[0] * inverse);
  let product = two_product(quotient, b[0]);
  let rest = (opaque(a[0] - product[0]) - product[1]) + (a[1] - quotient * b[1]);
  return quotient + rest * inverse;
}

// Of a row's whole sum: the maximum's term alone is 1. Where the others are
// little beside it the logarithm is of the others, to relative precision.
fn log_of(sum: Sum) -> RowF32 {
  let others = max(opaque(sum[0] - 1.0) + sum[1], RowF32());
  let near_1 = twice_atanh(others / (2.0 + others));
  let first = max(sum[0], RowF32(1.0));
  return select(log_accurate(first) + sum[1] / first, near_1, others < RowF32(0.41));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum[0]);
}

// Exponentials below the row's maximum within about an ULP, whatever the scale
// and the distance: t = s·(x − max) is made in two parts, so that it is exact but
// for 2⁻²⁶.
//
// Logits are measured in steps, a power of two such that a step changes t by
// 2⁻⁵ … 2⁻⁴. Whole steps and the rest of one are subtracted apart: a difference
// of whole steps has at most 12 bits where exp does not vanish, so its product
// with the first 12 bits of the step is exact. A maximum so large that its
// neighbours are more than a step apart is measured in those; then there are no
// rests.

var<private> steps_per_unit: RowF32;
var<private> step: RowF32;
var<private> step_head: RowF32;
var<private> step_tail: RowF32;
var<private> peak_whole: RowF32;
var<private> peak_rest: RowF32;

fn set_peak(value: RowF32x2) {
  peak = value;
  set_reach();
  // Exponents: 5 more than the scale's, and at most 24 less than the maximum's,
  // turned round. Powers of two are inverted by their bits.
  let by_scale = RowU32((bitcast<u32>(params.scale) & 0x7f800000u) + 0x02800000u);
  let by_peak = RowU32(0x8b000000u) - (bitcast<RowU32>(peak[0]) & RowU32(0x7f800000u));
  let exponent = min(by_scale, by_peak);
  steps_per_unit = bitcast<RowF32>(exponent);
  // A step over 2⁹ leaves nothing of the exponential; it must only not overflow.
  step = min(RowF32(params.scale), 0x1p+9 * steps_per_unit)
    * bitcast<RowF32>(RowU32(0x7f000000u) - exponent);
  step_head = head(step);
  step_tail = step - step_head;
  peak_whole = trunc(peak[0] * steps_per_unit);
  peak_rest = peak[0] * steps_per_unit - peak_whole;
}

// exp(t) of each element in the parts of `exp_parts`.
fn parts_below_peak(bits: vec4<u32>) -> mat2x4<f32> {
  let above_neg_inf = min(bits, vec4<u32>(lowest_negative));
  let x = bitcast<vec4<f32>>(max(vec4<i32>(above_neg_inf), vec4<i32>(lowest_positive)));
  let steps = x * steps_per_unit;
  let whole = trunc(steps);
  let wholes = whole - peak_whole;
  let rests = opaque_quad(steps - whole) - peak_rest;
  return exp_parts(step_head * wholes, step_tail * wholes + step * rests);
}

// exp(t) of each element; −inf gives 0. In a row with a +inf or a NaN it gives
// anything, and nobody looks.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let parts = parts_below_peak(bits);
  return select((1.0 + parts[0]) * parts[1], vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

// The guards are little beside the rest: plain rows have them too.
fn exp_of_logit(bits: vec4<u32>, plain: bool) -> vec4<f32> {
  return exp_below_peak(bits);
}

// exp(t) of one logit of each row, as a mantissa and a power of two.
struct Factor {
  mantissa: Sum,
  power: RowF32,
}

fn factor_of(x: RowF32) -> Factor {
  let parts = parts_below_peak(vec4<u32>(bitcast<RowU32>(x)));
  return Factor(two_sum_ordered(RowF32(1.0), first_part(parts[0])), first_part(parts[1]));
}

fn first_part(quad: vec4<f32>) -> RowF32 {
  return bitcast<RowF32>(first_of(bitcast<vec4<u32>>(quad)));
}

// A sum taken below `part_peak`, as one below the maximum.
fn rescaled_sum(sum: Sum, part_peak: RowF32) -> Sum {
  let factor = factor_of(part_peak);
  let product = times(sum, factor.mantissa);
  return Sum(product[0] * factor.power, product[1] * factor.power);
}

// What an exponential taken below `part_peak` is multiplied by to be a probability.
fn share_below(part_peak: RowF32, total: Sum) -> RowF32 {
  let factor = factor_of(part_peak);
  return ratio(factor.mantissa, total) * factor.power;
}

// Σ exp(t), and of a target distribution Σ t′·s·(max − x) / 4, Σ t′, and trouble.

var<private> target_chain: mat3x4<f32>;
var<private> target_block: mat3x4<f32>;

fn clear_sums() {
  clear_exps();
  target_chain = mat3x4<f32>();
  target_block = mat3x4<f32>();
}

fn add_targets(distance: vec4<f32>, t: vec4<f32>, trouble: vec4<f32>) {
  target_chain += mat3x4<f32>(distance, t, trouble);
}

fn close_chain(full: bool) {
  close_chain_of_exps(full);
  if (!full) {
    return;
  }
  target_block += target_chain;
  target_chain = mat3x4<f32>();
}

fn close_block(full: bool) {
  close_block_of_exps(full);
  if (!full) {
    return;
  }
  sums.rest += RowF32x3(
    sum_of(target_block[0]),
    sum_of(target_block[1]),
    sum_of(target_block[2]),
  );
  target_block = mat3x4<f32>();
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  let distance = part.rest[0] + part.rest[1] * distance_to(part_peak);
  return Sums(
    rescaled_sum(part.exps, part_peak),
    RowF32x3(distance, part.rest[1], part.rest[2]),
  );
}

fn sum_of_exp() -> Sum {
  return sums.exps;
}

fn target_distance() -> RowF32 {
  return sums.rest[0];
}

fn target_sum() -> RowF32 {
  return sums.rest[1];
}

fn trouble() -> RowF32 {
  return sums.rest[2];
}

// Σ exp(t) without an error that counts. Whole units of 2⁻²¹ of the terms are
// added apart from the rest of each: at most 8 terms of 2²¹ units to a chain, so
// that is exact. A chain's units are then split at 2⁻¹² the same way, exact over
// a block. What is rounded is the rest alone, less than 2⁻²¹ of a term.

struct Sums {
  exps: Sum,
  // What an operation sums besides, at most three.
  rest: RowF32x3,
}

var<private> sums: Sums;
var<private> chain_units: vec4<f32>;
var<private> chain_rest: vec4<f32>;
var<private> block_wholes: vec4<f32>;
var<private> block_units: vec4<f32>;
var<private> block_rest: vec4<f32>;

fn clear_exps() {
  sums = Sums();
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
}

fn add_exps(e: vec4<f32>) {
  let units = e * 0x1p+21f;
  let whole = trunc(units);
  chain_units += whole;
  chain_rest += opaque_quad(units - whole);
}

fn close_chain_of_exps(full: bool) {
  if (!full) {
    return;
  }
  let wholes = trunc(chain_units * 0x1p-9f);
  block_wholes += wholes;
  block_units += opaque_quad(chain_units - wholes * 0x1p+9f);
  block_rest += chain_rest;
  chain_units = vec4<f32>();
  chain_rest = vec4<f32>();
}

fn close_block_of_exps(full: bool) {
  if (!full) {
    return;
  }
  let block = two_sum(sum_of(block_wholes) * 0x1p-12f, sum_of(block_units) * 0x1p-21f);
  let rest = Sum(RowF32(), sum_of(block_rest) * 0x1p-21f);
  sums.exps = plus(sums.exps, plus(block, rest));
  block_wholes = vec4<f32>();
  block_units = vec4<f32>();
  block_rest = vec4<f32>();
}

fn merged(a: Sums, b: Sums) -> Sums {
  return Sums(plus(a.exps, b.exps), a.rest + b.rest);
}

// The lanes of one subgroup share a row. The size is a run-time value from 4
// to 128, a power of two. Values are exchanged by a butterfly of shuffles, so
// every lane ends with the same bits, added in an order fixed by the size.

var<private> lane: u32;
var<private> lane_count: u32;

fn lanes() -> u32 {
  return lane_count;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) index: u32,
) {
  lane = index;
  lane_count = size;
  let workgroup_index = workgroup.y * workgroups.x + workgroup.x;
  let group = params.group_start + workgroup_index * (WORKGROUP_SIZE / size) + subgroup;
  // The same for every lane of the subgroup.
  if (group < params.group_end) {
    run(group);
  }
}

fn combine_peak(value: vec2<f32>) -> vec2<f32> {
  var result = value;
  for (var distance = 1u; distance < lane_count; distance *= 2u) {
    result = max(result, subgroupShuffleXor(result, distance));
  }
  return result;
}

fn combine_sums(value: Sums) -> Sums {
  var result = value;
  for (var distance = 1u; distance < lane_count; distance *= 2u) {
    result = merged(result, shuffled(result, distance));
  }
  return result;
}

// The sums of the lane whose number differs in these bits.

fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return Sums(
    subgroupShuffleXor(value.exps, lane_bits),
    subgroupShuffleXor(value.rest, lane_bits),
  );
}

// A group of lanes takes whole rows: reduce them, then write them.

fn run(group: u32) {
  let row = row_of(group);
  open_row(row);
  if (HAS_PEAK) {
    scan(0u, quads());
    set_peak(combine_peak(lane_peak()));
  }
  if (HAS_SUMS) {
    accumulate(0u, quads());
    sums = combine_sums(sums);
  }
  settle(row);
  if (lane == 0u) {
    write_row(row);
  }
  emit(0u, quads());
}

// Where a row starts, in vec4s: rows are contiguous and start on 16 bytes.
// The composer instantiates this file for a role by renaming `x`.

var<private> base_x: u32;

fn open_x(row: u32) {
  base_x = (params.offset_x + row * params.length) / 4u - params.axis_start / 4u;
}

// One load a quad.

fn load_x(quad: u32) -> vec4<u32> {
  return x[base_x + quad];
}

fn load_end_x(quad: u32) -> vec4<u32> {
  return load_x(quad);
}

// An operation without this role has nothing in it.

fn load_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn load_end_v(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn masked(bits: vec4<u32>, mask: vec4<u32>, quad: u32) -> vec4<u32> {
  return bits;
}

// A quad of the row as the operation sees it: masked, and padded past the end.

fn element_x(quad: u32) -> vec4<u32> {
  return masked(load_x(quad), load_mask(quad), quad);
}

fn end_x(quad: u32) -> vec4<u32> {
  return masked(load_end_x(quad), load_end_mask(quad), quad);
}

// An operation without this role has nothing in it.

fn load_mask(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

fn load_end_mask(quad: u32) -> vec4<u32> {
  return vec4<u32>();
}

// Where a row starts, in vec4s: rows are contiguous and start on 16 bytes.
// The composer instantiates this file for a role by renaming `y`.

var<private> base_y: u32;

fn open_y(row: u32) {
  base_y = (params.offset_y + row * params.length) / 4u - params.axis_start / 4u;
}

// One store a quad.

fn store_y(quad: u32, bits: vec4<u32>) {
  y[base_y + quad] = bits;
}

fn store_end_y(quad: u32, bits: vec4<u32>) {
  store_y(quad, bits);
}

// Each lane keeps its quads of the row in registers: the row is read once. The
// trip counts are constants, so that the compiler can unroll the loops and the
// arrays become registers. STEPS is at most 16, so a lane's terms are one block.

var<private> held_x: array<vec4<u32>, STEPS>;
var<private> held_v: array<vec4<u32>, STEPS>;

fn hold_x(step: u32, quad: u32) {
  if (RAGGED && quad >= whole_quads()) {
    held_x[step] = end_x(quad);
  } else {
    held_x[step] = element_x(quad);
  }
}

fn hold_v(step: u32, quad: u32) {
  if (RAGGED && quad >= whole_quads()) {
    held_v[step] = load_end_v(quad);
  } else {
    held_v[step] = load_v(quad);
  }
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
  open_sums(first, last);
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      if (!HAS_PEAK) {
        hold_x(step, quad);
      }
      hold_v(step, quad);
      let kept = keep(held_x[step], false);
      join(quad, held_x[step], kept, held_v[step], false);
      held_x[step] = kept;
    }
    if (step % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_block(true);
  end_sums();
}

// Writes the row from the registers that hold it.

fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      let bits = result(quad, held_x[step], held_v[step], false);
      if (RAGGED && quad >= whole_quads()) {
        store_end_y(quad, bits);
      } else {
        store_y(quad, bits);
      }
    }
  }
}

// One value a row: a class index, a log-sum-exp, an upstream gradient. A step
// of 0 gives every row the same one.
// The composer instantiates this file for a role by renaming `class_index`.

fn value_class_index(row: u32) -> u32 {
  return class_index[params.offset_class_index + row * params.step_class_index];
}

// Writes one value a row.

fn put_loss(row: u32, bits: u32) {
  loss[params.offset_loss + row] = bits;
}

fn write_row(row: u32) {
  put_loss(row, row_loss());
}

// Every class weighs 1.

fn class_weights_at(k: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}

fn class_weights(quad: u32) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}

// The reduction's factors f and f_z are known before the kernel runs.

fn value_norm(which: u32) -> RowU32 {
  return RowU32(select(params.row_factor, params.z_factor, which == 1u));
}

// The upstream gradient is one number for all rows.

fn value_loss_grad(row: u32) -> RowU32 {
  return RowU32(params.loss_grad);
}
