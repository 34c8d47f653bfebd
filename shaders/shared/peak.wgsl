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
