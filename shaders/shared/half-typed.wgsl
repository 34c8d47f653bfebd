// provides: widen, narrow
//
// Uses the type f16, as which row data is bound. The device's conversion of values does
// everything, so a self-test checks how it treats subnormals, infinities and NaNs when
// an engine is created (src/self-test/f16.ts).

fn widen(halves: vec4<f16>) -> vec4<u32> {
  return bitcast<vec4<u32>>(vec4<f32>(halves));
}

// Rounded by integer arithmetic to a half's precision, ties to even, so that the
// device's own rounding has no effect.
fn narrow(bits: vec4<u32>) -> vec4<f16> {
  let size = bits & vec4<u32>(0x7fffffffu);
  // The number of fraction bits that a half drops: 13, and below 2^-14 one more for each
  // power of two, down to 2^-24.
  let dropped = 126u - clamp(size >> vec4<u32>(23u), vec4<u32>(103u), vec4<u32>(113u));
  let odd = (size >> dropped) & vec4<u32>(1u);
  let below_half = (vec4<u32>(1u) << (dropped - 1u)) - 1u;
  var rounded = ((size + below_half + odd) >> dropped) << dropped;
  // Below 2^-24: 2^-24, or 0 up to half of it.
  let least = select(vec4<u32>(), vec4<u32>(0x33800000u), size > vec4<u32>(0x33000000u));
  rounded = select(rounded, least, size < vec4<u32>(0x33800000u));
  // Values beyond the range become infinite.
  rounded = select(rounded, vec4<u32>(0x7f800000u), rounded > vec4<u32>(0x477fe000u));
  rounded = select(rounded, vec4<u32>(0x7fc00000u), size > vec4<u32>(0x7f800000u));
  return vec4<f16>(bitcast<vec4<f32>>(rounded | (bits ^ size)));
}
