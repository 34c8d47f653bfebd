// provides: take
// requires: widen, narrow
//
// Converts each half to f32, or each f32 to a half, by the functions that kernels use
// where the type f16 is bound.

fn take(e: u32) {
  if (WIDENS) {
    y[params.offset_y + e] = widen(vec4<f16>(x[params.offset_x + e])).x;
  } else {
    y[params.offset_y + e] = narrow(vec4<u32>(x[params.offset_x + e])).x;
  }
}
