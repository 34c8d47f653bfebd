struct Params {
  rows: u32,
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
  step_norm: u32,
  mask_dims: array<vec4<u32>, 8>,
}

const WORKGROUP_SIZE = 4u;
const STEPS = 0u;
const CHAIN = 8u;
const HAS_PEAK = false;
const HAS_SUMS = true;
const PADDING_X = 0u;
const PADDING_V = 0u;
const PADDING_MASK = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> v: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> partials: array<Partial>;

fn open_row(row: u32) {
  open_x(row);
  open_v(row);
  begin_row(row);
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

fn finite_scalar(bits: u32) -> f32 {
  return bitcast<f32>(min(u32(min(i32(bits), 0x7f7fffff)), 0xff7fffffu));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

fn is_special_scalar(bits: u32) -> bool {
  return (bits & MAGNITUDE) >= POS_INF;
}

// The indices along the axis of a quad's four elements.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
}

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// exp for d <= 0 within about 1 ULP, against 3 + 2|d| for the builtin. It
// rescales partial sums, one call a chunk, so its cost does not show and the
// sum keeps the accuracy of its terms.
//
// d = n·ln 2 + r. LN2_HIGH has 15 significant bits, so n·LN2_HIGH and the first
// difference are exact, whether or not the compiler fuses them. The polynomial
// for exp r on |r| <= ln 2 / 2 is the one of the Cephes library.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

fn exp_accurate(d: f32) -> f32 {
  let c = max(d, -104.0);
  let n = floor(c * 1.4426950408889634 + 0.5);
  let r = (c - n * LN2_HIGH) - n * LN2_LOW;
  let p = 0.5 + r * (0.16666665459 + r * (0.041665795894
    + r * (0.0083334519073 + r * (0.0013981999507 + r * 0.00019875691500))));
  // Below 2⁻¹²⁶ the result flushes to zero.
  let power = bitcast<f32>(u32(max(i32(n) + 127, 1)) << 23u);
  return select((1.0 + (r + r * r * p)) * power, 0.0, n < -126.0);
}

// Logarithms of row sums within about 1 ULP (the builtin may be off by an
// absolute 2⁻²¹ near 1, where a confident row's loss lives). One call a row.

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

// log(1 + x) for x >= 0, to relative precision down to the smallest x.
fn log1p_accurate(x: f32) -> f32 {
  if (x < 0.41) {
    return twice_atanh(x / (2.0 + x));
  }
  return log_accurate(1.0 + x);
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

var<private> largest_signed: vec4<i32>;
var<private> smallest: vec4<u32>;
var<private> largest: vec4<u32>;

// x: the maximum (−FLT_MAX in an empty row), y: the kind; both merge by max.
var<private> peak: vec2<f32>;

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

fn lane_peak() -> vec2<f32> {
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let a = min(min(smallest.x, smallest.y), min(smallest.z, smallest.w));
  let b = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let top = select(a, u32(s), s >= 0);
  var kind = select(FINITE, EMPTY, top >= NEG_INF);
  kind = select(kind, INFINITE, s == 0x7f800000);
  kind = select(kind, POISONED, s > 0x7f800000 || b > NEG_INF);
  return vec2<f32>(finite_scalar(top), kind);
}

// t = s·(x − max) <= 0, not below −s·reach: subtracted first and scaled after, so
// that nothing cancels, and in halves, so that nothing overflows.
fn below_peak(x: f32, half_reach: f32) -> f32 {
  return params.double_scale * max(0.5 * x - 0.5 * peak.x, -half_reach);
}

fn below_peak_quad(x: vec4<f32>, half_reach: f32) -> vec4<f32> {
  return params.double_scale * max(0.5 * x - 0.5 * peak.x, vec4<f32>(-half_reach));
}

// exp(t) of each element; −inf gives 0.
fn exp_below_peak(bits: vec4<u32>) -> vec4<f32> {
  let t = below_peak_quad(finite(bits), params.half_exp_reach);
  return select(exp(t), vec4<f32>(), bits == vec4<u32>(NEG_INF));
}

// The factor on a sum taken below `part_peak`, to make it one below the maximum.
fn rescale(part_peak: f32) -> f32 {
  return exp_accurate(below_peak(part_peak, params.half_exp_reach));
}

// s·max + log Σ, stopping at ±FLT_MAX.
fn log_sum_exp_of(sum: f32) -> f32 {
  let reach = 2.0 * params.half_reach;
  return params.scale * clamp(peak.x, -reach, reach) + log_accurate(sum);
}

// dx = s·y ⊙ (dy − Σ y·dy), from x: y = softmax and v: the upstream gradient dy.
// The Jacobian is symmetric: with a tangent in place of dy it is the JVP.

fn begin_row(row: u32) {}

fn term(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return finite(x) * finite(v);
}

fn poisons(x: vec4<u32>, v: vec4<u32>) -> vec4<bool> {
  return is_special(x) | is_special(v);
}

fn mapped(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * finite(x) * (finite(v) - sums.x);
}

// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

// x: Σ, y: more than 0 if the row is poisoned.
alias Sums = vec2<f32>;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> poisoned: vec4<bool>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
  poisoned = vec4<bool>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  chain += term(x, v);
  poisoned |= poisons(x, v);
}

fn close_chain() {
  block += chain;
  chain = vec4<f32>();
}

fn close_block() {
  sums.x += sum_of(block);
  sums.y = select(0.0, 1.0, any(poisoned));
  block = vec4<f32>();
}

// Nothing to rescale: the sum is not taken below a maximum.
fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}

fn settle(row: u32) {}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums.y > 0.0);
}

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

fn combine_peak(value: vec2<f32>) -> vec2<f32> {
  return value;
}

fn combine_sums(value: Sums) -> Sums {
  return value;
}

// First of three dispatches for a long row: a group of lanes reduces one chunk
// of it. Chunks are numbered from the row's start, so a row is cut at the same
// places whatever else is in the batch.

fn run(group: u32) {
  let row = group % params.rows;
  let chunk = params.chunk_start + group / params.rows;
  open_row(row);
  let first = chunk * params.chunk_quads;
  let last = min(first + params.chunk_quads, (params.length + 3u) / 4u);
  if (HAS_PEAK) {
    scan(first, last);
    peak = combine_peak(lane_peak());
  }
  accumulate(first, last);
  sums = combine_sums(sums);
  if (lane == 0u) {
    partials[chunk * params.rows + row] = Partial(peak, sums);
  }
}

// What is kept of a chunk, and in the end of a row, between dispatches.
struct Partial {
  peak: vec2<f32>,
  sums: Sums,
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

fn masked(bits: vec4<u32>, quad: u32) -> vec4<u32> {
  return bits;
}

// Every pass reads the row again from memory (or, for rows of a few thousand
// elements, from the cache). Any length.

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var quad = first + lane; quad < last; quad += lanes()) {
    see(masked(load_x(quad), quad));
  }
}

// A lane's terms are added in chains of CHAIN, those in blocks of CHAIN: equal
// terms round the same way every time, and long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  let chain_quads = CHAIN * lanes();
  let block_quads = CHAIN * chain_quads;
  for (var block_start = first + lane; block_start < last; block_start += block_quads) {
    let block_end = min(block_start + block_quads, last);
    for (var chain_start = block_start; chain_start < block_end; chain_start += chain_quads) {
      let chain_end = min(chain_start + chain_quads, block_end);
      for (var quad = chain_start; quad < chain_end; quad += lanes()) {
        join(quad, masked(load_x(quad), quad), load_v(quad));
      }
      close_chain();
    }
    close_block();
  }
}
