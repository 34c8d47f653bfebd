// provides: widen, narrow
//
// By the type f16, in which row data is bound. Halves and f32 numbers are told apart
// by the device's conversion of values alone: what it makes of subnormals, infinities
// and NaNs is tested where an engine is made (src/self-test-f16.ts).

fn widen(halves: vec4<f16>) -> vec4<u32> {
  return bitcast<vec4<u32>>(vec4<f32>(halves));
}

// Rounded by integers to what a half can hold, ties to even: nothing is left that a
// device could round its own way.
fn narrow(bits: vec4<u32>) -> vec4<f16> {
  let size = bits & vec4<u32>(0x7fffffffu);
  // Bits of the fraction that a half has no place for: 13, below 2^-14 one more for
  // each power of two, down to 2^-24.
  let dropped = 126u - clamp(size >> vec4<u32>(23u), vec4<u32>(103u), vec4<u32>(113u));
  let odd = (size >> dropped) & vec4<u32>(1u);
  let below_half = (vec4<u32>(1u) << (dropped - 1u)) - 1u;
  var rounded = ((size + below_half + odd) >> dropped) << dropped;
  // What is less than 2^-24 becomes that, or 0 from its half on down.
  let least = select(vec4<u32>(), vec4<u32>(0x33800000u), size > vec4<u32>(0x33000000u));
  rounded = select(rounded, least, size < vec4<u32>(0x33800000u));
  // What is over the range is infinite.
  rounded = select(rounded, vec4<u32>(0x7f800000u), rounded > vec4<u32>(0x477fe000u));
  rounded = select(rounded, vec4<u32>(0x7fc00000u), size > vec4<u32>(0x7f800000u));
  return vec4<f16>(bitcast<vec4<f32>>(rounded | (bits ^ size)));
}
