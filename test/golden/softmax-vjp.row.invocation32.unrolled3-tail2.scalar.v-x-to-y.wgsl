struct Params {
  group_start: u32,
  group_end: u32,
  length: u32,
  axis_start: u32,
  scale: f32,
  offset_x: u32,
  offset_v: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> v: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

const WORKGROUP_SIZE = 32u;
const TAIL_LENGTH = 2u;
const PADDING_X = 0u;
const PADDING_V = 0u;

// ---- shaders/lanes/invocation.wgsl ---------------------------------------------------------------
// One invocation works alone: nothing to combine, no barrier. Best on
// CPU-backed adapters, and where neighbouring invocations take neighbouring
// columns.

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
  base_x = params.offset_x + group * params.length - params.axis_start;
  base_v = params.offset_v + group * params.length - params.axis_start;
  base_y = params.offset_y + group * params.length - params.axis_start;
  accumulate();
  store_y(0u, select(bitcast<vec4<u32>>(output_of(x_0, v_0)), vec4<u32>(NAN), sums[1] > 0.0));
  store_y(1u, select(bitcast<vec4<u32>>(output_of(x_1, v_1)), vec4<u32>(NAN), sums[1] > 0.0));
  store_tail_y(select(bitcast<vec4<u32>>(output_of(x_2, v_2)), vec4<u32>(NAN), sums[1] > 0.0));
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four elements of one row, so per-row values are scalars.

// The number of elements past the last whole quad.
fn tail_length() -> u32 {
  return TAIL_LENGTH;
}

// The indices along the axis of a quad's four elements: neighbours or, DEALT out to LANES
// like cards, LANES apart.
fn indices(quad: u32) -> vec4<u32> {
  return vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
}

// ---- shaders/ops/softmax-vjp.wgsl ----------------------------------------------------------------
// dx = s·y ⊙ (dy − Σ y·dy), from x: y = softmax and v: the upstream gradient dy.
// The Jacobian is symmetric: with a tangent in place of dy it is the JVP.

fn output_of(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * finite(x) * (finite(v) - sums[0]);
}

// ---- shaders/reductions/plain-sum.wgsl -----------------------------------------------------------
// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

var<private> invalid: vec4<bool>;

fn add_quad(x: vec4<u32>, v: vec4<u32>) {
  chain += finite(x) * finite(v);
  invalid |= is_special(x) | is_special(v);
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur. So row data
// is bound as u32 and classified by its bits, and only finite values are ever treated as
// f32. Special results are stored as bits too.

const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX_BITS = 0x7f7fffff;
const NEG_FLT_MAX_BITS = 0xff7fffff;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min clamps each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(FLT_MAX_BITS)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(NEG_FLT_MAX_BITS)));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

// ---- shaders/reductions/chains.wgsl --------------------------------------------------------------
// A lane adds its quads' terms in chains of 8, chains in spans of 8, and spans one after
// the other: equal terms round the same way each time, so long chains of them drift.

var<private> sums: vec2<f32>;
var<private> chain: vec4<f32>;
var<private> span: vec4<f32>;

// ---- shaders/loaders/scalar.wgsl for x, v, y -----------------------------------------------------
// Quads of contiguous rows of any length and alignment: four accesses each. Elements past
// the row's end read as PADDING_X and are not stored. Where lanes share a row the
// elements may be DEALT to them: then each access is of neighbouring elements for
// neighbouring lanes. For packed halves `packed.wgsl` takes the place of the loads and
// stores.

var<private> base_x: u32;

fn load_x(quad: u32) -> vec4<u32> {
  let i = base_x + 4u * quad;
  return vec4<u32>(x[i], x[i + 1u], x[i + 2u], x[i + 3u]);
}

fn load_tail_x() -> vec4<u32> {
  let i = base_x + 4u * 2u;
  var bits = vec4<u32>(x[i], PADDING_X, PADDING_X, PADDING_X);
  if (tail_length() > 1u) {
    bits.y = x[i + 1u];
  }
  if (tail_length() > 2u) {
    bits.z = x[i + 2u];
  }
  return bits;
}

var<private> base_v: u32;

fn load_v(quad: u32) -> vec4<u32> {
  let i = base_v + 4u * quad;
  return vec4<u32>(v[i], v[i + 1u], v[i + 2u], v[i + 3u]);
}

fn load_tail_v() -> vec4<u32> {
  let i = base_v + 4u * 2u;
  var bits = vec4<u32>(v[i], PADDING_V, PADDING_V, PADDING_V);
  if (tail_length() > 1u) {
    bits.y = v[i + 1u];
  }
  if (tail_length() > 2u) {
    bits.z = v[i + 2u];
  }
  return bits;
}

var<private> base_y: u32;

fn store_y(quad: u32, bits: vec4<u32>) {
  let i = base_y + indices(quad);
  y[i.x] = bits.x;
  y[i.y] = bits.y;
  y[i.z] = bits.z;
  y[i.w] = bits.w;
}

fn store_tail_y(bits: vec4<u32>) {
  let i = base_y + 4u * 2u;
  y[i] = bits.x;
  if (tail_length() > 1u) {
    y[i + 1u] = bits.y;
  }
  if (tail_length() > 2u) {
    y[i + 2u] = bits.z;
  }
}

// ---- every quad of a row -------------------------------------------------------------------------
fn accumulate() {
  sums = vec2<f32>();
  chain = vec4<f32>();
  span = vec4<f32>();
  invalid = vec4<bool>();
  x_0 = load_x(0u);
  take_0();
  x_1 = load_x(1u);
  take_1();
  x_2 = load_tail_x();
  take_2();
  span += chain;
  sums[0] += (span.x + span.y) + (span.z + span.w);
  sums[1] = select(0.0, 1.0, any(invalid));
}

// ---- shaders/walks/unrolled.wgsl for 0, 1, 2 -----------------------------------------------------
// One quad of a short row, in its own registers. The composer instantiates this file for
// each quad and calls the instances in order: straight-line code that reads the row once.
// The row ends inside the quad with IS_TAIL.

var<private> x_0: vec4<u32>;
var<private> v_0: vec4<u32>;

fn take_0() {
  v_0 = load_v(0u);
  let mapped = x_0;
  add_quad(x_0, v_0);
  x_0 = mapped;
}

var<private> x_1: vec4<u32>;
var<private> v_1: vec4<u32>;

fn take_1() {
  v_1 = load_v(1u);
  let mapped = x_1;
  add_quad(x_1, v_1);
  x_1 = mapped;
}

var<private> x_2: vec4<u32>;
var<private> v_2: vec4<u32>;

fn take_2() {
  v_2 = load_tail_v();
  let mapped = x_2;
  add_quad(x_2, v_2);
  x_2 = mapped;
}
