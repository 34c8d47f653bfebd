// provides: cut, run
// requires: Cut, open_x, open_mask, set_top, is_finite, MIN_P, lane, ALL_FINITE, NO_PLACE,
//   SETTLED, EMPTY_KEY, TOP_K, lanes, NEG_INF_KEY, TOP_P, TILE_QUADS, quads, element_quad,
//   NEG_INF, row_max, finite, bits_of, UNWEIGHED, MARKED, BRACKETED, below_max, float_of,
//   exp_accurate, FLT_MAX, keys_of
//
// First dispatch of a filter, a workgroup per row: it guesses a bracket of keys that
// holds the cut. The guess decides how much is looked at afterwards, never the result:
// a bracket that turns out to be beside the cut is replaced.
//
// The largest element of every tile is known. For topP the tiles that have the largest of
// them are read whole, where most of the weight is. Of the others every `tile_step`th is: each
// of its elements but the largest stands for as many. They are counted by their distance
// from the maximum, in steps of 1/16 nat. minP's cut is a distance, and no guess.

const STEPS = 512u;
const HEAVY_TILES = 64u;

// Elements that are known: all of heavy tiles, the largest of others.
var<workgroup> known: array<atomic<u32>, STEPS>;
var<workgroup> others: array<atomic<u32>, STEPS>;
var<workgroup> heavy: array<u32, HEAVY_TILES>;
var<workgroup> heavy_count: atomic<u32>;
// Tiles are heavy whose largest element is less than so many steps below the maximum.
var<workgroup> heavy_steps: u32;
var<private> cut: Cut;

fn run(row: u32) {
  open_x(row);
  open_mask(row);
  cut = cuts[row];
  if (params.is_first == 1u) {
    open_cut(top_of(row));
  }
  set_top(cut.top);
  let defined = is_finite(cut.top);
  count(row, defined && params.filter_kind < MIN_P);
  if (lane == 0u) {
    if (defined) {
      bracket();
    }
    cuts[row] = cut;
  }
}

// Everything finite, or nothing of a row that softmax makes NaN.
fn open_cut(top: i32) {
  cut = Cut(top, ALL_FINITE, NO_PLACE, params.length, ALL_FINITE, ALL_FINITE, top, SETTLED, vec2<u32>());
  if (!is_finite(top)) {
    cut.key = 0x7fffffff;
    cut.kept = 0u;
  }
}

fn top_of(row: u32) -> i32 {
  var top = EMPTY_KEY;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    top = max(top, chunk_keys[row * params.chunk_stride + chunk]);
  }
  return top;
}

// Whether topK wants so few that tiles' largest elements say enough.
fn wants_few() -> bool {
  return params.filter_kind == TOP_K && 2u * params.wanted <= params.tiles;
}

fn count(row: u32, wanted: bool) {
  for (var step = lane; step < STEPS; step += lanes) {
    atomicStore(&known[step], 0u);
    atomicStore(&others[step], 0u);
  }
  if (lane == 0u) {
    atomicStore(&heavy_count, 0u);
  }
  workgroupBarrier();
  let base = row * params.tile_stride;
  let tiles = select(0u, params.tiles, wanted);
  for (var tile = lane; tile < tiles; tile += lanes) {
    if (tile_keys[base + tile] > NEG_INF_KEY) {
      atomicAdd(&known[step_of_key(tile_keys[base + tile])], 1u);
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
  for (var i = lane; i < atomicLoad(&heavy_count); i += lanes) {
    count_tile(heavy[i], tile_keys[base + heavy[i]], true);
  }
  let sampled = select(tiles, 0u, wants_few());
  for (var tile = lane * params.tile_step; tile < sampled; tile += lanes * params.tile_step) {
    let key = tile_keys[base + tile];
    if (key > NEG_INF_KEY && !is_heavy(key, steps)) {
      count_tile(tile, key, false);
    }
  }
  workgroupBarrier();
}

// As many steps as leave room for all heavy tiles.
fn steps_of_heavy() -> u32 {
  var tiles = 0u;
  var step = 0u;
  while (params.filter_kind == TOP_P && step < STEPS) {
    tiles += atomicLoad(&known[step]);
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

// Counts a tile's elements but the largest, which is known.
fn count_tile(tile: u32, top: i32, is_known: bool) {
  count_element(step_of_key(top), is_known, 0xffffffffu);
  let first = tile * TILE_QUADS;
  for (var quad = first; quad < min(first + TILE_QUADS, quads()); quad++) {
    let bits = element_quad(quad);
    let steps = steps_of(bits);
    for (var i = 0u; i < 4u; i++) {
      if (bits[i] != NEG_INF) {
        count_element(steps[i], is_known, 1u);
      }
    }
  }
}

fn count_element(step: u32, is_known: bool, by: u32) {
  if (is_known) {
    atomicAdd(&known[step], by);
  } else {
    atomicAdd(&others[step], by);
  }
}

// How far below the maximum, in steps.
fn steps_of(bits: vec4<u32>) -> vec4<u32> {
  let half = min(0.5 * row_max - 0.5 * finite(bits), vec4<f32>(params.half_reach));
  return vec4<u32>(16.0 * min(params.double_scale * half, vec4<f32>(f32(STEPS - 1u) / 16.0)));
}

fn step_of_key(key: i32) -> u32 {
  return steps_of(vec4<u32>(bits_of(key))).x;
}

fn bracket() {
  let is_marked = params.is_first == 0u;
  switch params.filter_kind {
    case TOP_K: {
      if (params.widens == 1u && params.wanted > cut.kept) {
        // The prefix may grow: it begins anew.
        open_cut(cut.top);
        guess();
      } else if (params.widens == 0u && params.wanted < cut.kept) {
        among_marked(is_marked);
      }
    }
    case TOP_P: {
      among_marked(is_marked);
      if (!is_marked) {
        cut.state = UNWEIGHED;
      }
    }
    case MIN_P: {
      let key = lowest_within_reach();
      if (key > cut.key || !is_marked) {
        let has = is_marked && cut.low <= key && key <= cut.high;
        cut.key = key;
        cut.place = NO_PLACE;
        cut.state = MARKED;
        if (!has) {
          at(key);
        }
      }
    }
    default: {
      at(cut.key);
    }
  }
}

// A bracket of one key.
fn at(key: i32) {
  cut.low = key;
  cut.high = key;
  cut.state = BRACKETED;
}

// Takes the elements that are marked, if they are all of the prefix.
fn among_marked(is_marked: bool) {
  if (is_marked && cut.low <= cut.key && cut.high == cut.top) {
    cut.state = MARKED;
  } else {
    guess();
  }
}

// The least key whose distance from the maximum is within minP's reach.
fn lowest_within_reach() -> i32 {
  var above = u32(cut.top) - u32(cut.key) + 1u;
  var within = 0u;
  // Distances of keys grow with them, rounded too.
  while (within + 1u < above) {
    let middle = within + (above - within) / 2u;
    if (-below_max(float_of(i32(u32(cut.top) - middle)), params.half_reach) <= params.reach) {
      within = middle;
    } else {
      above = middle;
    }
  }
  return i32(u32(cut.top) - within);
}

// Guesses where the counted weights reach what is wanted, and how far from there they may.
fn guess() {
  cut.state = BRACKETED;
  cut.low = cut.key;
  cut.high = cut.top;
  let last = step_of_key(cut.key);
  var total = 0.0;
  var variance = 0.0;
  for (var step = 0u; params.filter_kind == TOP_P && step <= last; step++) {
    total += weight_of(step);
    variance += variance_of(step);
  }
  let p = params.share;
  var wanted = f32(params.wanted);
  var slack = 0.0;
  if (params.filter_kind == TOP_P) {
    wanted = p * total;
    slack = 0.002 * total;
  }
  var passed = 0.0;
  var passed_variance = 0.0;
  // What is above a tile's largest element may be in any tile.
  var is_open = !wants_few();
  for (var step = 0u; step <= last; step++) {
    passed += weight_of(step);
    passed_variance += variance_of(step);
    var spread = passed_variance;
    if (params.filter_kind == TOP_P) {
      spread = (1.0 - p) * (1.0 - p) * passed_variance + p * p * (variance - passed_variance);
    }
    let error = 3.0 * sqrt(max(spread, 0.0)) + slack;
    if (is_open && passed + error >= wanted) {
      is_open = false;
      cut.high = max(cut.key, key_below_top(step));
    }
    if (passed - error >= wanted) {
      cut.low = max(cut.key, key_below_top(step + 1u));
      break;
    }
  }
}

fn weight_of(step: u32) -> f32 {
  let count = f32(atomicLoad(&known[step])) + f32(params.tile_step * atomicLoad(&others[step]));
  return count * element_weight(step);
}

// Of a sum over a sample: what is read whole has none.
fn variance_of(step: u32) -> f32 {
  let weight = element_weight(step);
  let stands_for = f32(params.tile_step * (params.tile_step - 1u));
  return stands_for * f32(atomicLoad(&others[step])) * weight * weight;
}

fn element_weight(step: u32) -> f32 {
  if (params.filter_kind == TOP_P) {
    return exp_accurate(-(f32(step) + 0.5) / 16.0);
  }
  return 1.0;
}

// The key that lies so many steps below the largest.
fn key_below_top(step: u32) -> i32 {
  if (step == 0u) {
    return cut.top;
  }
  if (step >= STEPS || params.scale < 0x1p-100) {
    return cut.key;
  }
  let z = max(row_max - f32(step) / (16.0 * params.scale), -FLT_MAX);
  return min(cut.top, keys_of(bitcast<vec4<u32>>(vec4<f32>(z))).x);
}
