// provides: widen_any, narrow_any, widen, narrow
//
// f16 to f32 and back by integer arithmetic, for every bit pattern: the same bits on
// every device, and exact for subnormals, infinities and NaNs, which the type f16 and
// the packing builtins may flush or assume not to occur. Four halves are two words, the
// first in the low bits.

// The f32 bits of four halves. The exponent bias is 15 in a half and 127 in f32.
fn widen_any(pairs: vec2<u32>) -> vec4<u32> {
  let halves = vec4<u32>(pairs.x & 0xffffu, pairs.x >> 16u, pairs.y & 0xffffu, pairs.y >> 16u);
  let size = halves & vec4<u32>(0x7fffu);
  var bits = (size << vec4<u32>(13u)) + vec4<u32>(0x38000000u);
  bits += select(vec4<u32>(), vec4<u32>(0x38000000u), size >= vec4<u32>(0x7c00u));
  let subnormal = bitcast<vec4<u32>>(vec4<f32>(size) * 0x1p-24f);
  bits = select(bits, subnormal, size < vec4<u32>(0x400u));
  return bits | ((halves ^ size) << vec4<u32>(16u));
}

// The nearest halves, ties to even; values beyond their range become infinite.
fn narrow_any(bits: vec4<u32>) -> vec2<u32> {
  let size = bits & vec4<u32>(0x7fffffffu);
  let exponent = size >> vec4<u32>(23u);
  // How many of the 24 significant bits a half drops; 25 leave nothing.
  let dropped = 126u - clamp(exponent, vec4<u32>(101u), vec4<u32>(113u));
  let fraction = (size & vec4<u32>(0x7fffffu)) | vec4<u32>(0x800000u);
  let odd = (fraction >> dropped) & vec4<u32>(1u);
  let below_half = (vec4<u32>(1u) << (dropped - 1u)) - 1u;
  let rounded = (fraction + below_half + odd) >> dropped;
  // The leading bit, or a carry of the rounding, adds 1 to the exponent.
  let whole = ((max(exponent, vec4<u32>(113u)) - 113u) << vec4<u32>(10u)) + rounded;
  var halves = min(whole, vec4<u32>(0x7c00u));
  halves = select(halves, vec4<u32>(0x7e00u), size > vec4<u32>(0x7f800000u));
  halves |= (bits ^ size) >> vec4<u32>(16u);
  return vec2<u32>(halves.x | (halves.y << 16u), halves.z | (halves.w << 16u));
}

// Without a conversion of the device's own.
fn widen(pairs: vec2<u32>) -> vec4<u32> {
  return widen_any(pairs);
}

fn narrow(bits: vec4<u32>) -> vec2<u32> {
  return narrow_any(bits);
}
