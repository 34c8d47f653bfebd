// provides: run, take
// requires: Cut, open_x, open_mask, open_weights, set_top, lane, SETTLED, wide_sum, UNWEIGHED,
//   MIN_P, product, TOP_K, is_less, lanes, key_at, is_in_prefix, integer_of, exp_below_max,
//   bits_of, wide_product, NO_PLACE, BRACKETED
//
// Third dispatch of a filter, a workgroup per row: it finds the cut among the marked
// elements, by 8 bits of the key at a time, and where the last of equal keys is, by
// their places. Weights are integers, so that the order of adding does not matter.

const BINS = 256u;
// Four to find a key of 32 bits, one to find a place among equals.
const LEVELS = 5u;
// What goes to a bin: keys of a range, elements of the prefix, equals of a key by tiles.
const NOTHING = 0u;
const BY_KEY = 1u;
const IN_PREFIX = 2u;
const BY_TILE = 3u;

struct Search {
  what: u32,
  // Keys of bin b: from high − ((b + 1) << shift) + 1 to high − (b << shift), not below low.
  low: i32,
  high: i32,
  shift: u32,
  // Of all that is before the first bin.
  count: u32,
  mass: vec2<u32>,
  // Equals of `low` that are kept.
  equals: u32,
}

var<workgroup> bin_counts: array<atomic<u32>, BINS>;
var<workgroup> bin_upper: array<atomic<u32>, BINS>;
var<workgroup> bin_lower: array<atomic<u32>, BINS>;
var<workgroup> least_marked: atomic<i32>;
var<workgroup> search: Search;
var<private> cut: Cut;
// Of lane 0: what is above the bracket, and what topP wants.
var<private> count_above: u32;
var<private> mass_above: vec2<u32>;
var<private> target_mass: vec2<u32>;

fn run(row: u32) {
  open_x(row);
  open_mask(row);
  open_weights(f32(params.length));
  cut = cuts[row];
  set_top(cut.top);
  if (lane == 0u) {
    search = Search(NOTHING, cut.low, cut.high, 0u, 0u, vec2<u32>(), 0u);
    if (cut.state != SETTLED) {
      begin(row);
    }
    atomicStore(&least_marked, 0x7fffffff);
  }
  for (var level = 0u; level < LEVELS; level++) {
    if (workgroupUniformLoad(&search.what) == NOTHING) {
      break;
    }
    fill_bins(row);
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
  target_mass = share_of(cut.mass);
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

fn is_reached(count: u32, mass: vec2<u32>) -> bool {
  if (params.filter_kind == TOP_K) {
    return count >= params.wanted;
  }
  return !is_less(mass, target_mass);
}

fn shift_of(low: i32, high: i32) -> u32 {
  let width = 32u - countLeadingZeros(u32(high) - u32(low));
  return max(width, 8u) - 8u;
}

fn fill_bins(row: u32) {
  for (var bin = lane; bin < BINS; bin += lanes) {
    atomicStore(&bin_counts[bin], 0u);
    atomicStore(&bin_upper[bin], 0u);
    atomicStore(&bin_lower[bin], 0u);
  }
  workgroupBarrier();
  for (var tile = lane; tile < params.tiles; tile += lanes) {
    let marked = marks[row * params.tile_stride + tile];
    for (var bits = marked.x; bits != 0u; bits &= bits - 1u) {
      take(64u * tile + firstTrailingBit(bits));
    }
    for (var bits = marked.y; bits != 0u; bits &= bits - 1u) {
      take(64u * tile + 32u + firstTrailingBit(bits));
    }
  }
  workgroupBarrier();
}

fn take(place: u32) {
  let key = key_at(place);
  if (!is_in_prefix(cut, key, place)) {
    return;
  }
  if (search.what == IN_PREFIX) {
    atomicMin(&least_marked, key);
    put_in_bin(0u, key);
  } else if (search.what == BY_KEY && key >= search.low && key <= search.high) {
    put_in_bin((u32(search.high) - u32(key)) >> search.shift, key);
  } else if (search.what == BY_TILE && key == search.low) {
    put_in_bin(place / (64u * tiles_of_bin()), key);
  }
}

fn put_in_bin(bin: u32, key: i32) {
  atomicAdd(&bin_counts[bin], 1u);
  if (SUMS) {
    let mass = mass_of(key);
    let before = atomicAdd(&bin_lower[bin], mass.y);
    atomicAdd(&bin_upper[bin], mass.x + select(0u, 1u, before + mass.y < before));
  }
}

fn mass_of(key: i32) -> vec2<u32> {
  return integer_of(exp_below_max(vec4<u32>(bits_of(key))).x);
}

fn tiles_of_bin() -> u32 {
  return (params.tiles + BINS - 1u) / BINS;
}

fn advance(row: u32) {
  if (search.what == IN_PREFIX) {
    cut.least = min(cut.least, atomicLoad(&least_marked));
    close(count_above + atomicLoad(&bin_counts[0]), wide_sum(mass_above, bin_mass(0u)));
  } else if (search.what == BY_KEY) {
    advance_by_key();
  } else if (search.what == BY_TILE) {
    cut.place = place_of_last(row);
    search.what = NOTHING;
  }
}

fn bin_mass(bin: u32) -> vec2<u32> {
  return vec2<u32>(atomicLoad(&bin_upper[bin]), atomicLoad(&bin_lower[bin]));
}

// To the bin in which what is wanted is reached.
fn advance_by_key() {
  let bins = (u32(search.high) - u32(search.low)) >> search.shift;
  for (var bin = 0u; bin <= bins; bin++) {
    let count = search.count + atomicLoad(&bin_counts[bin]);
    let mass = wide_sum(search.mass, bin_mass(bin));
    if (count > search.count && is_reached(count, mass)) {
      let width = min(u32(search.high) - u32(search.low), ((bin + 1u) << search.shift) - 1u);
      let high = i32(u32(search.high) - (bin << search.shift));
      search.low = i32(u32(search.high) - width);
      search.high = high;
      if (search.low == search.high) {
        end_at_key(atomicLoad(&bin_counts[bin]));
      } else {
        search.shift = shift_of(search.low, search.high);
      }
      return;
    }
    search.count = count;
    search.mass = mass;
  }
  miss_below();
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
    let marked = marks[row * params.tile_stride + tile];
    for (var half = 0u; half < 2u; half++) {
      for (var bits = marked[half]; bits != 0u; bits &= bits - 1u) {
        let place = 64u * tile + 32u * half + firstTrailingBit(bits);
        if (key_at(place) == search.low) {
          left--;
          if (left == 0u) {
            return place;
          }
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
