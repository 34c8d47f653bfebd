// provides: cut, run
// requires: Cut, open_x, open_mask, set_top, is_finite, find_steps, MIN_P, lane, ALL_FINITE,
//   NO_PLACE, SETTLED, EMPTY_KEY, TOP_K, TOP_P, UNWEIGHED, MARKED, BRACKETED, below_max,
//   float_of, first_step, last_step, STEPS, wants_few, row_max, FLT_MAX, keys_of
//
// First dispatch of a filter, a workgroup per row: it guesses a bracket of keys that
// holds the cut. The guess decides how much is looked at afterwards, never the result:
// a bracket that turns out to be beside the cut is replaced.
//
// minP's cut is a distance, and no guess.

var<private> cut: Cut;
// Whether the prefix, which may grow, begins anew.
var<private> widens: bool;

fn run(row: u32) {
  open_x(row);
  open_mask(row);
  cut = cuts[row];
  widens = params.widens == 1u && params.wanted > cut.kept;
  if (params.is_first == 1u) {
    open_cut(top_of(row));
  } else if (widens) {
    open_cut(cut.top);
  }
  set_top(cut.top);
  let defined = is_finite(cut.top);
  find_steps(row, cut.key, defined && params.filter_kind < MIN_P);
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

fn bracket() {
  let is_marked = params.is_first == 0u;
  switch params.filter_kind {
    case TOP_K: {
      if (widens) {
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

// Takes the guess for a bracket.
fn guess() {
  cut.state = BRACKETED;
  cut.low = cut.key;
  cut.high = cut.top;
  let first = atomicLoad(&first_step);
  let last = atomicLoad(&last_step);
  // What is above a tile's largest element may be in any tile.
  if (first < STEPS && !wants_few()) {
    cut.high = max(cut.key, key_below_top(first));
  }
  if (last < STEPS) {
    cut.low = max(cut.key, key_below_top(last + 1u));
  }
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
