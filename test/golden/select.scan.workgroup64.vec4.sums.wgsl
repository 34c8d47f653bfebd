struct Params {
  group_start: u32,
  group_end: u32,
  row_groups: u32,
  length: u32,
  axis_start: u32,
  chunk_stride: u32,
  chunks: u32,
  tile_stride: u32,
  tiles: u32,
  half_exp_reach: f32,
  double_scale: f32,
  scale: f32,
  offset_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> tile_keys: array<i32>;
@group(0) @binding(3) var<storage, read_write> chunk_keys: array<i32>;
@group(0) @binding(4) var<storage, read_write> tile_sums: array<f32>;
@group(0) @binding(5) var<storage, read_write> chunk_sums: array<ChunkSum>;

const WORKGROUP_SIZE = 64u;

// ---- shaders/lanes/workgroup.wgsl ----------------------------------------------------------------
// LANES invocations of a workgroup share a row. Workgroup memory combines their values in
// two levels, with two barriers: FAN lanes combine LANES / FAN values each, in slots that no
// other lane reads, then every lane combines those. All invocations take part: none diverges.

var<private> lane: u32;

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

// ---- shaders/select/scan-workgroup.wgsl ----------------------------------------------------------
// First dispatch, 64 invocations per chunk: they read adjacent quads, one each at a time,
// then each reduces a tile's 16 quads through workgroup memory. Rows are padded from 16
// to 17 entries to avoid bank conflicts. With SUMS, the quads stay in registers for the
// sums of exponentials of each tile and of the chunk.

const SLOTS = 1088u;

var<workgroup> quad_keys: array<i32, SLOTS>;
var<workgroup> tile_tops: array<i32, CHUNK_TILES>;

fn slot(quad: u32) -> u32 {
  return quad + quad / TILE_QUADS;
}

fn run(group: u32) {
  let row = group % params.row_groups;
  let chunk = group / params.row_groups;
  base_x = (params.offset_x + row * params.length) / 4u - params.axis_start / 4u;
  let first = chunk * CHUNK_TILES * TILE_QUADS;
  for (var step = 0u; step < TILE_QUADS; step++) {
    let place = lane + step * CHUNK_TILES;
    var key = EMPTY_KEY;
    if (first + place < ((params.length + 3u) / 4u)) {
      let bits = x[base_x + (first + place)];
      key = key_of_quad(bits);
      held[step] = bits;
    }
    quad_keys[slot(place)] = key;
  }
  workgroupBarrier();
  var tile_key = EMPTY_KEY;
  for (var quad = 0u; quad < TILE_QUADS; quad++) {
    tile_key = max(tile_key, quad_keys[slot(lane * TILE_QUADS) + quad]);
  }
  tile_tops[lane] = tile_key;
  let tile = chunk * CHUNK_TILES + lane;
  if (tile < params.tile_stride) {
    tile_keys[row * params.tile_stride + tile] = tile_key;
  }
  workgroupBarrier();
  var top = EMPTY_KEY;
  for (var other = 0u; other < CHUNK_TILES; other++) {
    top = max(top, tile_tops[other]);
  }
  keep_sums(row, chunk, first, top);
  if (lane == 0u) {
    chunk_keys[row * params.chunk_stride + chunk] = top;
  }
  let pad = params.chunks + lane;
  if (chunk + 1u == params.chunks && pad < params.chunk_stride) {
    chunk_keys[row * params.chunk_stride + pad] = EMPTY_KEY;
  }
}

fn key_of_quad(bits: vec4<u32>) -> i32 {
  largest_signed = vec4<i32>(bitcast<i32>(0x80000000u));
  smallest = vec4<u32>(0xffffffffu);
  largest = vec4<u32>(0u);
  largest_signed = max(largest_signed, vec4<i32>(bits));
  smallest = min(smallest, bits);
  largest = max(largest, bits);
  return largest_key();
}

var<private> held: array<vec4<u32>, TILE_QUADS>;
var<workgroup> quad_sums: array<f32, SLOTS>;
var<workgroup> tile_shares: array<f32, CHUNK_TILES>;

fn keep_sums(row: u32, chunk: u32, first: u32, top: i32) {
  for (var step = 0u; step < TILE_QUADS; step++) {
    let place = lane + step * CHUNK_TILES;
    var sum = 0.0;
    if (first + place < ((params.length + 3u) / 4u)) {
      set_max(vec2<f32>(float_of(tile_tops[place / TILE_QUADS]), FINITE));
      sum = sum_of(exp_below_max(held[step]));
    }
    quad_sums[slot(place)] = sum;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var start = 0u; start < TILE_QUADS; start += 8u) {
    var chain = 0.0;
    for (var quad = start; quad < start + 8u; quad++) {
      chain += quad_sums[slot(lane * TILE_QUADS) + quad];
    }
    sum += chain;
  }
  let tile = chunk * CHUNK_TILES + lane;
  if (tile < params.tile_stride) {
    tile_sums[row * params.tile_stride + tile] = sum;
  }
  set_max(vec2<f32>(float_of(top), FINITE));
  tile_shares[lane] = select(0.0, share(sum, float_of(tile_tops[lane])), tile < params.tiles);
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var start = 0u; start < CHUNK_TILES; start += 8u) {
      var chain = 0.0;
      for (var other = start; other < start + 8u; other++) {
        chain += tile_shares[other];
      }
      total += chain;
    }
    chunk_sums[row * params.chunk_stride + chunk] = ChunkSum(row_max, total);
  }
}

// ---- shaders/rows/one.wgsl -----------------------------------------------------------------------
// A quad is four elements of one row, so per-row values are scalars.

fn sum_of(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
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

// ---- shaders/shared/exp.wgsl ---------------------------------------------------------------------
// Exponentials that rescale partial sums. One call per row or chunk: their cost is
// negligible.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// exp for d <= 0 within about 1 ULP, where the builtin allows 3 + 2|d|, so that a sum
// is as accurate as its terms. d = n·ln 2 + r; the first difference is exact whether or
// not the compiler fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is that of the
// Cephes library.
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

// ---- shaders/shared/row-max.wgsl -----------------------------------------------------------------
// The row's maximum, exact however quads are divided among lanes, and its kind. Three integer
// operations a quad: as i32 the largest is the maximum if any element is >= 0, and reveals
// +inf and NaN; as u32 the smallest is it if all are negative, the largest reveals a −NaN.

const FINITE = 1.0;

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

// t = s·(x − max) <= 0, not below −s·reach. Subtracted before scaling, so that nothing
// cancels, and at half size, so that nothing overflows.
fn below_max(x: f32, half_reach: f32) -> f32 {
  return params.double_scale * max(0.5 * x - 0.5 * row_max, f32(-half_reach));
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

// ---- shaders/select/keys.wgsl --------------------------------------------------------------------
// Elements as ordered i32 keys: a larger element has a larger key, equal elements (0 and
// −0 too) have equal keys, and every NaN has the largest.

const EMPTY_KEY = i32(0x80000000u);  // no element: below the key of −inf
const POS_INF_KEY = 0x7f800000;
const NAN_KEY = 0x7f800001;

// The largest key of the quads passed to `see` since `clear_max`.
fn largest_key() -> i32 {
  let s = max(max(largest_signed.x, largest_signed.y), max(largest_signed.z, largest_signed.w));
  let below = i32(0x80000000u - min(min(smallest.x, smallest.y), min(smallest.z, smallest.w)));
  let nan = s > POS_INF_KEY || max(max(largest.x, largest.y), max(largest.z, largest.w)) > NEG_INF;
  return select(select(below, s, s >= 0), NAN_KEY, nan);
}

fn bits_of(key: i32) -> u32 {
  let bits = select(u32(key), 0x80000000u - u32(key), key < 0);
  return select(bits, NAN, key >= NAN_KEY);
}

// The element as a finite number.
fn float_of(key: i32) -> f32 {
  return bitcast<f32>(min(u32(min(i32(bits_of(key)), FLT_MAX_BITS)), NEG_FLT_MAX_BITS));
}

// ---- shaders/select/tiles.wgsl -------------------------------------------------------------------
// A row is cut into tiles of 64 elements, and 64 tiles make a chunk. Scratch
// holds for each tile and each chunk its largest key; past a row's last tile or
// chunk, up to a whole number of quads of them, EMPTY_KEY.

const TILE_QUADS = 16u;
const CHUNK_TILES = 64u;

// ---- shaders/select/sums.wgsl --------------------------------------------------------------------
// Sums of exponentials of a tile, a chunk and a row, each relative to its own maximum.

// A chunk's maximum, and its sum of exp(s·(x − maximum)).
struct ChunkSum {
  top: f32,
  sum: f32,
}

// Rescales a sum relative to `part` to the maximum that was set.
fn share(sum: f32, part: f32) -> f32 {
  return sum * exp_accurate(below_max(part, params.half_exp_reach));
}

// ---- shaders/loaders/vec4.wgsl for x -------------------------------------------------------------
// Quads of one vec4 each, addressed in vec4s: rows or, in COLUMNS, slabs aligned to 16 bytes,
// a multiple of four wide. Padded quads may lie past the row's end.

var<private> base_x: u32;
