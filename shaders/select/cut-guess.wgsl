// provides: STEPS, first_step, last_step, wants_few, find_steps
// requires: TOP_K, lane, lanes, NEG_INF_KEY, TOP_P, TILE_QUADS, padded_x, quads, NEG_INF,
//   row_max, finite, bits_of, exp_accurate
//
// A guess of where a row's weights reach what a filter wants, by all lanes of a workgroup.
//
// The largest element of every tile is known. For topP the tiles that have the largest of
// them are read whole, where most of the weight is. Of the others every `tile_step`th is: each
// of its elements but the largest stands for as many. They are counted by their distance
// from the maximum, in steps of 1/16 nat.

const STEPS = 512u;
const HEAVY_TILES = 64u;
// Lanes that add up what is counted, each a section of steps.
const SECTIONS = min(LANES, 64u);
const SECTION = STEPS / SECTIONS;

// Elements that are known: all of heavy tiles, the largest of others; and STEPS further on those
// of tiles that stand for others.
var<workgroup> counted: array<atomic<u32>, 2u * STEPS>;
var<workgroup> heavy: array<u32, HEAVY_TILES>;
var<workgroup> heavy_count: atomic<u32>;
// Tiles are heavy whose largest element is less than so many steps below the maximum.
var<workgroup> heavy_steps: u32;
// Weight and variance of each section.
var<workgroup> sections: array<vec2<f32>, SECTIONS>;
// Steps of the first and the last element that may be the cut.
var<workgroup> first_step: atomic<u32>;
var<workgroup> last_step: atomic<u32>;

// Whether topK wants so few that tiles' largest elements say enough.
fn wants_few() -> bool {
  return params.filter_kind == TOP_K && 2u * params.wanted <= params.tiles;
}

// Finds `first_step` and `last_step` for elements not below `least`; of a row that no guess is
// `wanted` of, in vain.
fn find_steps(row: u32, least: i32, wanted: bool) {
  let tiles = select(0u, params.tiles, wanted);
  count_tops(row, tiles);
  count_elements(row, tiles);
  let last = step_of_key(least);
  if (lane < SECTIONS) {
    sections[lane] = sum_of_section(last);
  }
  workgroupBarrier();
  if (lane < SECTIONS) {
    walk_section(last);
  }
  workgroupBarrier();
}

// Counts tiles by their largest elements, and lists the heavy ones.
fn count_tops(row: u32, tiles: u32) {
  for (var step = lane; step < 2u * STEPS; step += lanes) {
    atomicStore(&counted[step], 0u);
  }
  if (lane == 0u) {
    atomicStore(&heavy_count, 0u);
    atomicStore(&first_step, STEPS);
    atomicStore(&last_step, STEPS);
  }
  workgroupBarrier();
  let base = row * params.tile_stride;
  for (var tile = lane; tile < tiles; tile += lanes) {
    if (tile_keys[base + tile] > NEG_INF_KEY) {
      atomicAdd(&counted[step_of_key(tile_keys[base + tile])], 1u);
    }
  }
  workgroupBarrier();
  if (lane == 0u) {
    heavy_steps = steps_of_heavy();
  }
  let steps = workgroupUniformLoad(&heavy_steps);
  for (var tile = lane; tile < select(0u, tiles, steps > 0u); tile += lanes) {
    if (is_heavy(tile_keys[base + tile], steps)) {
      heavy[atomicAdd(&heavy_count, 1u)] = tile;
    }
  }
  workgroupBarrier();
}

// As many steps as leave room for all heavy tiles.
fn steps_of_heavy() -> u32 {
  var tiles = 0u;
  var step = 0u;
  while (params.filter_kind == TOP_P && step < STEPS) {
    tiles += atomicLoad(&counted[step]);
    if (tiles > HEAVY_TILES) {
      break;
    }
    step++;
  }
  return step;
}

fn is_heavy(top: i32, steps: u32) -> bool {
  return top > NEG_INF_KEY && step_of_key(top) < steps;
}

// Counts the elements of heavy tiles and of those that stand for others, a quad in a turn.
fn count_elements(row: u32, tiles: u32) {
  let whole = atomicLoad(&heavy_count);
  let sampled = select((tiles + params.tile_step - 1u) / params.tile_step, 0u, wants_few());
  for (var i = lane; i < TILE_QUADS * (whole + sampled); i += lanes) {
    let n = i / TILE_QUADS;
    let is_known = n < whole;
    let tile = select((n - whole) * params.tile_step, heavy[min(n, HEAVY_TILES - 1u)], is_known);
    let top = tile_keys[row * params.tile_stride + tile];
    if (is_known || (top > NEG_INF_KEY && !is_heavy(top, heavy_steps))) {
      let first = select(STEPS, 0u, is_known);
      if (i % TILE_QUADS == 0u) {
        // It is counted as known already.
        atomicSub(&counted[first + step_of_key(top)], 1u);
      }
      count_quad(padded_x(tile * TILE_QUADS + i % TILE_QUADS, quads()), first);
    }
  }
  workgroupBarrier();
}

fn count_quad(bits: vec4<u32>, first: u32) {
  let steps = vec4<u32>(first) + steps_of(bits);
  let counts = select(vec4<u32>(1u), vec4<u32>(), bits == vec4<u32>(NEG_INF));
  atomicAdd(&counted[steps.x], counts.x);
  atomicAdd(&counted[steps.y], counts.y);
  atomicAdd(&counted[steps.z], counts.z);
  atomicAdd(&counted[steps.w], counts.w);
}

// How far below the maximum, in steps.
fn steps_of(bits: vec4<u32>) -> vec4<u32> {
  let half = min(0.5 * row_max - 0.5 * finite(bits), vec4<f32>(params.half_reach));
  return vec4<u32>(16.0 * min(params.double_scale * half, vec4<f32>(f32(STEPS - 1u) / 16.0)));
}

fn step_of_key(key: i32) -> u32 {
  return steps_of(vec4<u32>(bits_of(key))).x;
}

// Weight and variance of the lane's section, to `last`.
fn sum_of_section(last: u32) -> vec2<f32> {
  var sum = vec2<f32>();
  for (var step = lane * SECTION; step < min((lane + 1u) * SECTION, last + 1u); step++) {
    sum += weight_and_variance(step);
  }
  return sum;
}

// Where in the lane's section the weights may reach what is wanted, and where they have.
fn walk_section(last: u32) {
  var passed = vec2<f32>();
  var total = vec2<f32>();
  for (var i = 0u; i < SECTIONS; i++) {
    total += sections[i];
    passed += select(vec2<f32>(), sections[i], i < lane);
  }
  let p = params.share;
  let of_mass = params.filter_kind == TOP_P;
  let wanted = select(f32(params.wanted), p * total.x, of_mass);
  let slack = select(0.0, 0.002 * total.x, of_mass);
  for (var step = lane * SECTION; step < min((lane + 1u) * SECTION, last + 1u); step++) {
    passed += weight_and_variance(step);
    let of_share = (1.0 - p) * (1.0 - p) * passed.y + p * p * (total.y - passed.y);
    let error = 3.0 * sqrt(max(select(passed.y, of_share, of_mass), 0.0)) + slack;
    if (passed.x + error >= wanted) {
      atomicMin(&first_step, step);
    }
    if (passed.x - error >= wanted) {
      atomicMin(&last_step, step);
      break;
    }
  }
}

// Of what is counted in a step. What is read whole has no variance.
fn weight_and_variance(step: u32) -> vec2<f32> {
  let others = f32(params.tile_step * atomicLoad(&counted[STEPS + step]));
  let weight = element_weight(step);
  let spread = f32(params.tile_step - 1u) * weight;
  return weight * vec2<f32>(f32(atomicLoad(&counted[step])) + others, spread * others);
}

fn element_weight(step: u32) -> f32 {
  if (params.filter_kind == TOP_P) {
    return exp_accurate(-(f32(step) + 0.5) / 16.0);
  }
  return 1.0;
}
