// provides: EMPTY_KEY, NEG_INF_KEY, keys_of, largest_key, bits_of, float_of, is_finite
// requires: greatest_i32, largest_signed, least_u32, smallest, greatest_u32, largest, NEG_INF,
//   NAN, finite_row
//
// Elements as ordered i32 keys: a larger element has a larger key, equal elements (0 and
// −0 too) have equal keys, and every NaN has the largest.

const EMPTY_KEY = i32(0x80000000u);  // no element: below the key of −inf
const NEG_INF_KEY = -0x7f800000;
const POS_INF_KEY = 0x7f800000;
const NAN_KEY = 0x7f800001;

fn keys_of(bits: vec4<u32>) -> vec4<i32> {
  let signed = vec4<i32>(bits);
  let below = vec4<i32>(vec4<u32>(0x80000000u) - bits);
  var keys = select(signed, below, signed < vec4<i32>());
  keys = select(keys, vec4<i32>(NAN_KEY), keys < vec4<i32>(NEG_INF_KEY));
  return min(keys, vec4<i32>(NAN_KEY));
}

// The largest key of the quads passed to `see` since `clear_max`.
fn largest_key() -> i32 {
  let s = greatest_i32(largest_signed);
  let below = i32(0x80000000u - least_u32(smallest));
  let nan = s > POS_INF_KEY || greatest_u32(largest) > NEG_INF;
  return select(select(below, s, s >= 0), NAN_KEY, nan);
}

fn bits_of(key: i32) -> u32 {
  let bits = select(u32(key), 0x80000000u - u32(key), key < 0);
  return select(bits, NAN, key >= NAN_KEY);
}

// The element as a finite number.
fn float_of(key: i32) -> f32 {
  return finite_row(bits_of(key));
}

// Whether a row with this maximum defines a distribution.
fn is_finite(key: i32) -> bool {
  return key > NEG_INF_KEY && key < POS_INF_KEY;
}
