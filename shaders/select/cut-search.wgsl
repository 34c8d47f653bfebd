// provides: KEY_BITS, NOTHING, BY_KEY, IN_PREFIX, BY_TILE, AMONG_FEW, FEW, Search, bin_counts,
//   list_length, least_marked, search, cut, level, fill_bins, take, mass_of, compare_few,
//   bin_mass, tiles_of_bin, is_reached
// requires: Cut, lane, lanes, first_marked, without_first, key_at, is_in_prefix, integer_of,
//   exp_below_max, bits_of, wide_sum, wide_product, TOP_K, is_less
//
// A level of the search among a row's marked elements, by all lanes: those of a range of keys
// go to bins, each with its weight, and the first time to a list that the next levels read;
// or they are few. Weights are integers, so that the order of adding does not matter.

const BINS = 256u;
const KEY_BITS = 6u;
// What goes to a bin: keys of a range, elements of the prefix, equals of a key by tiles; or
// keys of a range are few.
const NOTHING = 0u;
const BY_KEY = 1u;
const IN_PREFIX = 2u;
const BY_TILE = 3u;
const AMONG_FEW = 4u;
const NO_BIN = 0xffffffffu;
const FEW = 64u;

struct Search {
  what: u32,
  // Keys of bin b: from high − ((b + 1) << shift) + 1 to high − (b << shift), not below low.
  low: i32,
  high: i32,
  shift: u32,
  // Of all that is before the first bin.
  count: u32,
  mass: vec2<u32>,
  // What topP wants.
  target_mass: vec2<u32>,
  // Equals of `low`; when the cut's key is known, those that are kept.
  equals: u32,
  // Whether all elements of these keys are in the list.
  is_listed: bool,
}

var<workgroup> bin_counts: array<atomic<u32>, BINS>;
var<workgroup> bin_upper: array<atomic<u32>, BINS>;
var<workgroup> bin_lower: array<atomic<u32>, BINS>;
var<workgroup> list_length: atomic<u32>;
var<workgroup> few: array<i32, FEW>;
var<workgroup> few_masses: array<vec2<u32>, FEW>;
var<workgroup> few_length: atomic<u32>;
var<workgroup> least_marked: atomic<i32>;
var<workgroup> search: Search;
var<private> cut: Cut;
// The level's search, as all lanes know it.
var<private> level: Search;
// The smallest marked key that the lane has seen.
var<private> least: i32;

fn fill_bins(row: u32) {
  for (var bin = lane; bin < BINS; bin += lanes) {
    atomicStore(&bin_counts[bin], 0u);
    atomicStore(&bin_upper[bin], 0u);
    atomicStore(&bin_lower[bin], 0u);
  }
  if (lane == 0u && !level.is_listed) {
    atomicStore(&list_length, 0u);
  }
  workgroupBarrier();
  let listed = select(0u, atomicLoad(&list_length), level.is_listed);
  for (var i = lane; i < listed; i += lanes) {
    let key = lists[row * params.list_room + i];
    put_in_bin(bin_of_key(key), key);
  }
  least = 0x7fffffff;
  take_marked(row, select(params.tiles, 0u, level.is_listed));
  atomicMin(&least_marked, least);
  storageBarrier();
  workgroupBarrier();
}

// The marked elements of every so many-th tile, one in a turn: what is done with one is many
// times what it takes to pass over a tile.
fn take_marked(row: u32, tiles: u32) {
  var next = lane;
  var tile = 0u;
  var marked = vec2<u32>();
  loop {
    while (next < tiles && all(marked == vec2<u32>())) {
      tile = next;
      marked = marks[row * params.tile_stride + tile];
      next += lanes;
    }
    if (all(marked == vec2<u32>())) {
      break;
    }
    take(row, 64u * tile + first_marked(marked));
    marked = without_first(marked);
  }
}

fn take(row: u32, place: u32) {
  let key = key_at(place);
  let bin = select(NO_BIN, bin_of(key, place), is_in_prefix(cut, key, place));
  put_in_bin(bin, key);
  if (bin != NO_BIN) {
    least = min(least, key);
    let i = atomicAdd(&list_length, 1u);
    if (i < params.list_room) {
      lists[row * params.list_room + i] = key;
    }
  }
}

fn bin_of(key: i32, place: u32) -> u32 {
  if (level.what == BY_TILE) {
    return select(NO_BIN, place / (64u * tiles_of_bin()), key == level.low);
  }
  return bin_of_key(key);
}

fn bin_of_key(key: i32) -> u32 {
  let is_in = key >= level.low && key <= level.high;
  let bin = select((u32(level.high) - u32(key)) >> level.shift, 0u, level.what == IN_PREFIX);
  return select(NO_BIN, bin, is_in);
}

fn put_in_bin(bin: u32, key: i32) {
  if (bin == NO_BIN) {
    return;
  }
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

// Compares elements of the level's keys, which are few, with each other: of one the sum of all
// before it is short of what is wanted, and with its equals is not.
fn compare_few(row: u32) {
  if (lane == 0u) {
    atomicStore(&few_length, 0u);
  }
  workgroupBarrier();
  for (var i = lane; i < atomicLoad(&list_length); i += lanes) {
    let key = lists[row * params.list_room + i];
    if (key >= level.low && key <= level.high) {
      let at = atomicAdd(&few_length, 1u);
      few[at] = key;
      few_masses[at] = mass_of(key);
    }
  }
  workgroupBarrier();
  for (var i = lane; i < atomicLoad(&few_length); i += lanes) {
    compare_with_others(i);
  }
  workgroupBarrier();
}

fn compare_with_others(i: u32) {
  let key = few[i];
  var count = level.count;
  var mass = level.mass;
  var equals = 0u;
  var is_first = true;
  for (var j = 0u; j < atomicLoad(&few_length); j++) {
    if (few[j] > key) {
      count++;
      mass = wide_sum(mass, few_masses[j]);
    } else if (few[j] == key) {
      equals++;
      is_first &= j >= i;
    }
  }
  let with_equals = wide_sum(mass, wide_product(equals, few_masses[i]));
  if (is_first && !is_reached(count, mass) && is_reached(count + equals, with_equals)) {
    search.low = key;
    search.count = count;
    search.mass = mass;
    search.equals = equals;
  }
}

fn bin_mass(bin: u32) -> vec2<u32> {
  return vec2<u32>(atomicLoad(&bin_upper[bin]), atomicLoad(&bin_lower[bin]));
}

fn tiles_of_bin() -> u32 {
  return (params.tiles + BINS - 1u) / BINS;
}

fn is_reached(count: u32, mass: vec2<u32>) -> bool {
  if (params.filter_kind == TOP_K) {
    return count >= params.wanted;
  }
  return !is_less(mass, search.target_mass);
}
