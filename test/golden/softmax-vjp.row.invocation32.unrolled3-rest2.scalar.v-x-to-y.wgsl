struct Params {
  group_start: u32,
  group_end: u32,
  scale: f32,
  offset_x: u32,
  length: u32,
  axis_start: u32,
  offset_v: u32,
  offset_y: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> v: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

const WORKGROUP_SIZE = 32u;
const REST = 2u;
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

fn combine_sums(value: vec2<f32>) -> vec2<f32> {
  return value;
}

// ---- shaders/regimes/row.wgsl --------------------------------------------------------------------
// A group of lanes takes whole rows: reduce them, then write them.

fn run(group: u32) {
  let row = row_of(group);
  open_row(row);
  accumulate();
  sums = combine_sums(sums);
  emit();
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four neighbours of one row, so what is known of the row is a scalar.
// `rows/four.wgsl` defines the same names for the other way round.

fn row_of(group: u32) -> u32 {
  return group;
}

// Elements past the last whole quad.
fn rest() -> u32 {
  return REST;
}

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn any_of(v: vec4<bool>) -> bool {
  return any(v);
}

// ---- shaders/ops/softmax-vjp.wgsl ----------------------------------------------------------------
// dx = s·y ⊙ (dy − Σ y·dy), from x: y = softmax and v: the upstream gradient dy.
// The Jacobian is symmetric: with a tangent in place of dy it is the JVP.

fn term(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return finite(x) * finite(v);
}

fn poisons(x: vec4<u32>, v: vec4<u32>) -> vec4<bool> {
  return is_special(x) | is_special(v);
}

fn mapped(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * finite(x) * (finite(v) - sums[0]);
}

// ---- shaders/shared/bits.wgsl --------------------------------------------------------------------
// WGSL lets an implementation assume that infinities and NaNs never occur, so
// row data is bound as u32, classified by its bits, and only finite values are
// ever looked at as f32. Special results are stored as bits too.

const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min deals with each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(0x7f7fffff)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(0xff7fffffu)));
}

// A vector or 0, by its bits: in a loop SwiftShader takes longer for a branch, and
// for a select.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

// ---- shaders/reductions/plain-sum.wgsl -----------------------------------------------------------
// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

var<private> sums: vec2<f32>;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> poisoned: vec4<bool>;

fn clear_sums() {
  sums = vec2<f32>();
  chain = vec4<f32>();
  block = vec4<f32>();
  poisoned = vec4<bool>();
}

fn keep(x: vec4<u32>) -> vec4<u32> {
  return x;
}

fn join(x: vec4<u32>, v: vec4<u32>) {
  chain += term(x, v);
  poisoned |= poisons(x, v);
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums[0] += sum_of(only_if(full, block));
  sums[1] = select(f32(), f32(1.0), any_of(poisoned));
  block = only_if(!full, block);
}

fn result(x: vec4<u32>, v: vec4<u32>) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums[1] > f32());
}

// ---- shaders/loaders/scalar.wgsl for x -----------------------------------------------------------
// Quads of rows that are contiguous, of any length and alignment: four accesses
// each, or two or three of the words that PACKED halves lie in. Past the row's end
// reads as PADDING_X, and nothing is stored.
// The composer instantiates this file for a role by renaming `x`, and says
// whether the role is HALF, and of halves PACKED in words.

var<private> base_x: u32;

fn open_x(row: u32) {
  base_x = params.offset_x + row * params.length - params.axis_start;
}

fn load_x(quad: u32) -> vec4<u32> {
  let i = base_x + 4u * quad;
  return vec4<u32>(single_x(i), single_x(i + 1u), single_x(i + 2u), single_x(i + 3u));
}

fn load_end_x(quad: u32) -> vec4<u32> {
  let i = base_x + 4u * quad;
  var bits = vec4<u32>(single_x(i), PADDING_X, PADDING_X, PADDING_X);
  if (rest() > 1u) {
    bits.y = single_x(i + 1u);
  }
  if (rest() > 2u) {
    bits.z = single_x(i + 2u);
  }
  return bits;
}

// ---- shaders/loaders/single.wgsl for x -----------------------------------------------------------
// One element, by its place in the binding.
// The composer instantiates this file for a role by renaming `x`, and says
// whether the role is HALF, and of halves PACKED in words.

fn single_x(i: u32) -> u32 {
  return x[i];
}

// ---- shaders/loaders/scalar.wgsl for v -----------------------------------------------------------
// Quads of rows that are contiguous, of any length and alignment: four accesses
// each, or two or three of the words that PACKED halves lie in. Past the row's end
// reads as PADDING_V, and nothing is stored.
// The composer instantiates this file for a role by renaming `v`, and says
// whether the role is HALF, and of halves PACKED in words.

var<private> base_v: u32;

fn open_v(row: u32) {
  base_v = params.offset_v + row * params.length - params.axis_start;
}

fn load_v(quad: u32) -> vec4<u32> {
  let i = base_v + 4u * quad;
  return vec4<u32>(single_v(i), single_v(i + 1u), single_v(i + 2u), single_v(i + 3u));
}

fn load_end_v(quad: u32) -> vec4<u32> {
  let i = base_v + 4u * quad;
  var bits = vec4<u32>(single_v(i), PADDING_V, PADDING_V, PADDING_V);
  if (rest() > 1u) {
    bits.y = single_v(i + 1u);
  }
  if (rest() > 2u) {
    bits.z = single_v(i + 2u);
  }
  return bits;
}

// ---- shaders/loaders/single.wgsl for v -----------------------------------------------------------
// One element, by its place in the binding.
// The composer instantiates this file for a role by renaming `v`, and says
// whether the role is HALF, and of halves PACKED in words.

fn single_v(i: u32) -> u32 {
  return v[i];
}

// ---- shaders/loaders/scalar.wgsl for y -----------------------------------------------------------
// Quads of rows that are contiguous, of any length and alignment: four accesses
// each, or two or three of the words that PACKED halves lie in. Past the row's end
// reads as PADDING_Y, and nothing is stored.
// The composer instantiates this file for a role by renaming `y`, and says
// whether the role is HALF, and of halves PACKED in words.

var<private> base_y: u32;

fn open_y(row: u32) {
  base_y = params.offset_y + row * params.length - params.axis_start;
}

// Rows of packed halves are of even length and start on a word: no word belongs to
// two of them.
fn store_y(quad: u32, bits: vec4<u32>) {
  let i = base_y + 4u * quad;
  store_single_y(i, bits.x);
  store_single_y(i + 1u, bits.y);
  store_single_y(i + 2u, bits.z);
  store_single_y(i + 3u, bits.w);
}

fn store_end_y(quad: u32, bits: vec4<u32>) {
  let i = base_y + 4u * quad;
  store_single_y(i, bits.x);
  if (rest() > 1u) {
    store_single_y(i + 1u, bits.y);
  }
  if (rest() > 2u) {
    store_single_y(i + 2u, bits.z);
  }
}

// ---- shaders/loaders/single.wgsl for y -----------------------------------------------------------
// One element, by its place in the binding.
// The composer instantiates this file for a role by renaming `y`, and says
// whether the role is HALF, and of halves PACKED in words.

fn store_single_y(i: u32, bits: u32) {
  y[i] = bits;
}

// ---- every quad of a row -------------------------------------------------------------------------
fn accumulate() {
  clear_sums();
  read_0();
  take_0();
  read_1();
  take_1();
  read_2();
  take_2();
  close_chain(true);
  close_block(true);
}

fn emit() {
  write_0();
  write_1();
  write_2();
}

// ---- shaders/walks/unrolled.wgsl for quad 0 ------------------------------------------------------
// A quad of a short row, in registers of its own. The composer instantiates this
// file for each quad by renaming `0u`, and calls them one after the other:
// straight-line code, and the row is read once. The row ends inside the quad that
// ENDS it.

var<private> x_0: vec4<u32>;
var<private> v_0: vec4<u32>;

fn read_0() {
  x_0 = load_x(0u);
}

fn take_0() {
  v_0 = load_v(0u);
  let kept = keep(x_0);
  join(x_0, v_0);
  x_0 = kept;
}

fn write_0() {
  store_y(0u, result(x_0, v_0));
}

// ---- shaders/walks/unrolled.wgsl for quad 1 ------------------------------------------------------
// A quad of a short row, in registers of its own. The composer instantiates this
// file for each quad by renaming `1u`, and calls them one after the other:
// straight-line code, and the row is read once. The row ends inside the quad that
// ENDS it.

var<private> x_1: vec4<u32>;
var<private> v_1: vec4<u32>;

fn read_1() {
  x_1 = load_x(1u);
}

fn take_1() {
  v_1 = load_v(1u);
  let kept = keep(x_1);
  join(x_1, v_1);
  x_1 = kept;
}

fn write_1() {
  store_y(1u, result(x_1, v_1));
}

// ---- shaders/walks/unrolled.wgsl for quad 2 ------------------------------------------------------
// A quad of a short row, in registers of its own. The composer instantiates this
// file for each quad by renaming `2u`, and calls them one after the other:
// straight-line code, and the row is read once. The row ends inside the quad that
// ENDS it.

var<private> x_2: vec4<u32>;
var<private> v_2: vec4<u32>;

fn read_2() {
  x_2 = load_end_x(2u);
}

fn take_2() {
  v_2 = load_end_v(2u);
  let kept = keep(x_2);
  join(x_2, v_2);
  x_2 = kept;
}

fn write_2() {
  store_end_y(2u, result(x_2, v_2));
}

// ---- shaders/walks/open.wgsl ---------------------------------------------------------------------
// What a walk calls at a row's start. What no file of the kernel says otherwise
// about does nothing, and is not in its code.

fn open_row(row: u32) {
  open_x(row);
  open_v(row);
  open_y(row);
}
