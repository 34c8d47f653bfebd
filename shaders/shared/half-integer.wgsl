// By integers alone.

fn widen(pairs: vec2<u32>) -> vec4<u32> {
  return widen_any(pairs);
}

fn narrow(bits: vec4<u32>) -> vec2<u32> {
  return narrow_any(bits);
}
