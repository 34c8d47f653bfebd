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

const WORKGROUP_SIZE = 64u;
const STEPS = 4u;
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
const FAN = 8u;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> loss: array<u32>;

fn open_row(row: u32) {
  open_x(row);
  open_v(row);
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

// Targets given as probabilities y: t′ = w·((1 − ε)·y + ε / K).

fn begin_target(row: u32) {
  row_state = RowU32(KEPT);
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  let t = finite(class_weights(quad)) * (params.target_share * finite(v) + params.class_share);
  return select(vec4<f32>(), t, indices(quad) < vec4<u32>(params.length));
}

// What the sums take of t′: all of it.
fn join_target(quad: u32, v: vec4<u32>, quarter: vec4<f32>) -> vec4<f32> {
  return target_of(quad, v);
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(v) | is_special(class_weights(quad));
}

// exp for d <= 0 within about 1 ULP, against 3 + 2|d| for the builtin. It
// rescales partial sums, one call a chunk, so its cost does not show and the
// sum keeps the accuracy of its terms.
//
// d = n·ln 2 + r; the first difference is exact, whether or not the compiler
// fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is the one of the Cephes
// library.

fn exp_accurate(d: RowF32) -> RowF32 {
  let c = max(d, RowF32(-104.0));
  let n = floor(c * 1.4426950408889634 + 0.5);
  let r = (c - n * LN2_HIGH) - n * LN2_LOW;
  let p = 0.5 + r * (0.16666665459 + r * (0.041665795894
    + r * (0.0083334519073 + r * (0.0013981999507 + r * 0.00019875691500))));
  // Below 2⁻¹²⁶ the result flushes to zero.
  let power = bitcast<RowF32>(RowU32(max(RowI32(n) + 127, RowI32(1))) << RowU32(23u));
  return select((1.0 + (r + r * r * p)) * power, RowF32(), n < RowF32(-126.0));
}

// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

alias Sum = RowF32;

fn one() -> Sum {
  return RowF32(1.0);
}

fn plus(a: Sum, b: Sum) -> Sum {
  return a + b;
}

fn zero_where(condition: RowBool, sum: Sum) -> Sum {
  return select(sum, RowF32(), condition);
}

fn ratio(a: Sum, b: Sum) -> RowF32 {
  return a / b;
}

// Of a row's whole sum: the maximum's term alone is 1.
fn log_of(sum: Sum) -> RowF32 {
  return log_accurate(max(sum, RowF32(1.0)));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum);
}

// Exponentials below the row's maximum, by the builtin exp: 3 + 2·|t| ULP.

// A 0 that no compiler knows: the padding of a mask's first dimension.
var<private> hidden_zero: u32;

fn set_peak(value: RowF32x2) {
  hidden_zero = params.mask_dims[0].w;
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

// A sum taken below `part_peak`, as one below the maximum.
fn rescaled_sum(sum: Sum, part_peak: RowF32) -> Sum {
  return sum * exp_accurate(below_peak(part_peak, params.half_exp_reach));
}

// What an exponential taken below `part_peak` is multiplied by to be a probability.
fn share_below(part_peak: RowF32, total: Sum) -> RowF32 {
  return rescaled_sum(one(), part_peak) / total;
}

// Σ exp(t), and of a target distribution Σ t′·s·(max − x) / 4, Σ t′, and trouble.

alias Sums = RowF32x4;

var<private> sums: Sums;
var<private> chain: mat4x4<f32>;
var<private> block: mat4x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = mat4x4<f32>();
  block = mat4x4<f32>();
}

fn add_exps(e: vec4<f32>) {
  chain[0] += e;
}

fn add_targets(distance: vec4<f32>, t: vec4<f32>, trouble: vec4<f32>) {
  chain[1] += distance;
  chain[2] += t;
  chain[3] += trouble;
}

fn close_chain(full: bool) {
  block += mat4x4<f32>(
    only_if(full, chain[0]),
    only_if(full, chain[1]),
    only_if(full, chain[2]),
    only_if(full, chain[3]),
  );
  chain = mat4x4<f32>(
    only_if(!full, chain[0]),
    only_if(!full, chain[1]),
    only_if(!full, chain[2]),
    only_if(!full, chain[3]),
  );
}

fn close_block(full: bool) {
  sums += Sums(
    sum_of(only_if(full, block[0])),
    sum_of(only_if(full, block[1])),
    sum_of(only_if(full, block[2])),
    sum_of(only_if(full, block[3])),
  );
  block = mat4x4<f32>(
    only_if(!full, block[0]),
    only_if(!full, block[1]),
    only_if(!full, block[2]),
    only_if(!full, block[3]),
  );
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(
    rescaled_sum(part[0], part_peak),
    part[1] + part[2] * distance_to(part_peak),
    part[2],
    part[3],
  );
}

fn sum_of_exp() -> Sum {
  return sums[0];
}

fn target_distance() -> RowF32 {
  return sums[1];
}

fn target_sum() -> RowF32 {
  return sums[2];
}

fn trouble() -> RowF32 {
  return sums[3];
}

// Two groups' sums as one.

fn merged(a: Sums, b: Sums) -> Sums {
  return a + b;
}

// The invocations of one workgroup share a row and combine their values through
// workgroup memory, in two levels of FAN each: FAN lanes combine FAN values,
// then every lane combines those FAN results. Two barriers; a binary tree would
// take eight. The group is the same for the whole workgroup, so none diverges.

var<private> lane: u32;
var<workgroup> shared_peak: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> shared_sums: array<Sums, WORKGROUP_SIZE>;

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

fn combine_sums(value: Sums) -> Sums {
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

// Where a row starts, in vec4s: rows are contiguous and start on 16 bytes.
// The composer instantiates this file for a role by renaming `v`.

var<private> base_v: u32;

fn open_v(row: u32) {
  base_v = (params.offset_v + row * params.length) / 4u - params.axis_start / 4u;
}

// One load a quad.

fn load_v(quad: u32) -> vec4<u32> {
  return v[base_v + quad];
}

fn load_end_v(quad: u32) -> vec4<u32> {
  return load_v(quad);
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

// Sums over the quads from `first` on begin with nothing, and end with what they
// have.

fn open_sums(first: u32, last: u32) {
  clear_sums();
}

fn end_sums() {}

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
