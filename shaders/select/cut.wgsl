// provides: Cut, SETTLED, MARKED, BRACKETED, UNWEIGHED, TOP_K, TOP_P, MIN_P, Tally, ALL_FINITE,
//   NO_PLACE, is_in_prefix, kept_of, key_at
// requires: keys_of, padded_x, quads
//
// What filters leave of a row: a prefix of its elements in order, the largest first and
// equals by their places. Where a filter's cut is sought is a bracket of keys: what is
// above the bracket is kept, what is below is not, and what is in it gets marked.

struct Cut {
  // The row's largest key.
  top: i32,
  // The prefix's last element: all with a larger key are in it, and of those with this key
  // the places to this one.
  key: i32,
  place: u32,
  // How many are in it, and the smallest key of them.
  kept: u32,
  least: i32,
  // The bracket.
  low: i32,
  high: i32,
  // What is left to do.
  state: u32,
  // Σ e of the prefix, an integer.
  mass: vec2<u32>,
}

// States: nothing is left to do; the cut is to be found among the marked elements; before
// that, what is in the bracket is to be marked; and with that, the row's weights added up.
const SETTLED = 0u;
const MARKED = 1u;
const BRACKETED = 2u;
const UNWEIGHED = 3u;

// Filters, by the number of their kind.
const TOP_K = 0u;
const TOP_P = 1u;
const MIN_P = 2u;
// Any other is none: elements are marked anew, to be weighed at another scale.

// What is known of a chunk: weights above the bracket and all, how many are above, and the
// smallest key of those.
struct Tally {
  above: vec2<u32>,
  all: vec2<u32>,
  count: u32,
  least: i32,
}

// The key of −FLT_MAX: every finite element is in the prefix.
const ALL_FINITE = -0x7f7fffff;

const NO_PLACE = 0xffffffffu;

fn is_in_prefix(cut: Cut, key: i32, place: u32) -> bool {
  return key > cut.key || (key == cut.key && place <= cut.place);
}

// Which of a quad's elements are kept.
fn kept_of(cut: Cut, keys: vec4<i32>, places: vec4<u32>) -> vec4<bool> {
  return (keys > vec4<i32>(cut.key))
    | ((keys == vec4<i32>(cut.key)) & (places <= vec4<u32>(cut.place)));
}

fn key_at(place: u32) -> i32 {
  return keys_of(padded_x(place / 4u, quads()))[place % 4u];
}
