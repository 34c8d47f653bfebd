// provides: run, narrow
// requires: open_x, open_mask, open_weights, cut, set_top, lane, search, Search, NOTHING,
//   SETTLED, least_marked, level, AMONG_FEW, compare_few, fill_bins, wide_sum, UNWEIGHED,
//   MIN_P, IN_PREFIX, is_reached, BY_KEY, product, KEY_BITS, bin_counts, bin_mass, BY_TILE,
//   list_length, FEW, mass_of, wide_product, NO_PLACE, tiles_of_bin, without_first,
//   first_marked, key_at, BRACKETED
//
// Third dispatch of a filter, a workgroup per row: it finds the cut among the marked
// elements, by 6 bits of the key at a time until few are left, which are compared with each
// other; and where the last of equal keys is, by their places.

// A level for 6 bits of the key, and one each for few elements and for places among equals.
const LEVELS = 8u;
// Of lane 0: what is above the bracket.
var<private> count_above: u32;
var<private> mass_above: vec2<u32>;

fn run(row: u32) {
  open_x(row);
  open_mask(row);
  open_weights(f32(params.length));
  cut = cuts[row];
  set_top(cut.top);
  if (lane == 0u) {
    search = Search(NOTHING, cut.low, cut.high, 0u, 0u, vec2<u32>(), vec2<u32>(), 0u, false);
    if (cut.state != SETTLED) {
      begin(row);
    }
    atomicStore(&least_marked, 0x7fffffff);
  }
  for (var turn = 0u; turn < LEVELS; turn++) {
    let what = workgroupUniformLoad(&search.what);
    if (what == NOTHING) {
      break;
    }
    level = search;
    if (what == AMONG_FEW) {
      compare_few(row);
    } else {
      fill_bins(row);
    }
    if (lane == 0u) {
      advance(row);
    }
  }
  if (lane == 0u) {
    cuts[row] = cut;
  }
}

// Adds up what is above the bracket, and says what is wanted.
fn begin(row: u32) {
  var whole = vec2<u32>();
  cut.least = 0x7fffffff;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let tally = tallies[row * params.chunk_stride + chunk];
    count_above += tally.count;
    mass_above = wide_sum(mass_above, tally.above);
    whole = wide_sum(whole, tally.all);
    cut.least = min(cut.least, tally.least);
  }
  if (cut.state == UNWEIGHED) {
    cut.mass = whole;
  }
  search.target_mass = share_of(cut.mass);
  search.count = count_above;
  search.mass = mass_above;
  if (params.filter_kind == MIN_P) {
    search.what = IN_PREFIX;
  } else if (is_reached(count_above, mass_above)) {
    miss_above();
  } else {
    search.what = BY_KEY;
    search.shift = shift_of(cut.low, cut.high);
  }
}

// p of a mass, and not nothing.
fn share_of(mass: vec2<u32>) -> vec2<u32> {
  let part = wide_sum(product(mass.x, params.share_bits), vec2<u32>(0u, product(mass.y, params.share_bits).x));
  return select(part, vec2<u32>(0u, 1u), all(part == vec2<u32>()));
}

fn shift_of(low: i32, high: i32) -> u32 {
  let width = 32u - countLeadingZeros(u32(high) - u32(low));
  return max(width, KEY_BITS) - KEY_BITS;
}

fn advance(row: u32) {
  if (search.what == IN_PREFIX) {
    cut.least = min(cut.least, atomicLoad(&least_marked));
    close(count_above + atomicLoad(&bin_counts[0]), wide_sum(mass_above, bin_mass(0u)));
  } else if (search.what == BY_KEY) {
    advance_by_key();
  } else if (search.what == AMONG_FEW) {
    end_at_key(search.equals);
  } else if (search.what == BY_TILE) {
    cut.place = place_of_last(row);
    search.what = NOTHING;
  }
}

// To the bin in which what is wanted is reached.
fn advance_by_key() {
  let bins = (u32(search.high) - u32(search.low)) >> search.shift;
  for (var bin = 0u; bin <= bins; bin++) {
    let count = search.count + atomicLoad(&bin_counts[bin]);
    let mass = wide_sum(search.mass, bin_mass(bin));
    if (count > search.count && is_reached(count, mass)) {
      narrow(bin, count - search.count);
      return;
    }
    search.count = count;
    search.mass = mass;
  }
  miss_below();
}

fn narrow(bin: u32, count: u32) {
  let width = min(u32(search.high) - u32(search.low), ((bin + 1u) << search.shift) - 1u);
  let high = i32(u32(search.high) - (bin << search.shift));
  search.low = i32(u32(search.high) - width);
  search.high = high;
  search.shift = shift_of(search.low, search.high);
  search.is_listed = atomicLoad(&list_length) <= params.list_room;
  if (search.low == search.high) {
    end_at_key(count);
  } else if (search.is_listed && count <= FEW) {
    search.what = AMONG_FEW;
  }
}

// The last key is found: how many of its equals are kept?
fn end_at_key(equals: u32) {
  let key = search.low;
  let mass = mass_of(key);
  var less = 0u;
  var enough = equals;
  while (less + 1u < enough) {
    let n = less + (enough - less) / 2u;
    if (is_reached(search.count + n, wide_sum(search.mass, wide_product(n, mass)))) {
      enough = n;
    } else {
      less = n;
    }
  }
  if (key > cut.key) {
    cut.place = NO_PLACE;
  }
  cut.key = key;
  cut.least = key;
  close(search.count + enough, wide_sum(search.mass, wide_product(enough, mass)));
  if (enough < equals) {
    search.what = BY_TILE;
    search.equals = enough;
    search.is_listed = false;
  }
}

fn close(count: u32, mass: vec2<u32>) {
  cut.kept = count;
  cut.mass = mass;
  cut.state = SETTLED;
  search.what = NOTHING;
}

// The place of the last of the equals that are kept.
fn place_of_last(row: u32) -> u32 {
  var left = search.equals;
  var bin = 0u;
  for (; left > atomicLoad(&bin_counts[bin]); bin++) {
    left -= atomicLoad(&bin_counts[bin]);
  }
  for (var tile = bin * tiles_of_bin(); tile < params.tiles; tile++) {
    for (var marked = marks[row * params.tile_stride + tile]; any(marked != vec2<u32>()); marked = without_first(marked)) {
      let place = 64u * tile + first_marked(marked);
      if (key_at(place) == search.low) {
        left--;
        if (left == 0u) {
          return place;
        }
      }
    }
  }
  return NO_PLACE;
}

// The cut is above the bracket. The second time only rounding says so: then it is its end.
fn miss_above() {
  if (params.is_last == 1u || cut.high == cut.top) {
    cut.key = cut.high + 1;
    cut.place = NO_PLACE;
    close(count_above, mass_above);
  } else {
    look_between(cut.high + 1, cut.top);
  }
}

// The cut is below the bracket, or rounding says so: then all of it is kept.
fn miss_below() {
  search.is_listed = false;
  if (params.is_last == 1u || cut.low == cut.key) {
    if (cut.low > cut.key) {
      cut.key = cut.low;
      cut.place = NO_PLACE;
    }
    search.what = IN_PREFIX;
  } else {
    look_between(cut.key, cut.low - 1);
  }
}

fn look_between(low: i32, high: i32) {
  cut.low = low;
  cut.high = high;
  cut.state = BRACKETED;
  search.what = NOTHING;
}
