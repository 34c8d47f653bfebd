// provides: widen, narrow
// requires: widen_any, narrow_any
//
// Uses the device's own conversion where WGSL guarantees that it is exact: for four
// halves of magnitude 2^-14 to 65504. Any other quad takes the integer path.

fn widen(pairs: vec2<u32>) -> vec4<u32> {
  let size = vec4<u32>(pairs, pairs >> vec2<u32>(16u)) & vec4<u32>(0x7fffu);
  if (any(size - vec4<u32>(0x400u) >= vec4<u32>(0x7800u))) {
    return widen_any(pairs);
  }
  let values = vec4<f32>(unpack2x16float(pairs.x), unpack2x16float(pairs.y));
  return bitcast<vec4<u32>>(values);
}

fn narrow(bits: vec4<u32>) -> vec2<u32> {
  // From 65520 on the nearest half is infinite.
  let size = bits & vec4<u32>(0x7fffffffu);
  if (any(size - vec4<u32>(0x38800000u) >= vec4<u32>(0x477ff000u - 0x38800000u))) {
    return narrow_any(bits);
  }
  // Rounded to 11 bits, ties to even, so that the device's own rounding has no effect.
  let odd = (bits >> vec4<u32>(13u)) & vec4<u32>(1u);
  let rounded = (bits + odd + vec4<u32>(0xfffu)) & vec4<u32>(0xffffe000u);
  let values = bitcast<vec4<f32>>(rounded);
  return vec2<u32>(pack2x16float(values.xy), pack2x16float(values.zw));
}
