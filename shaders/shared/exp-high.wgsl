// exp of t = t_high + t_low within half a unit and the last rounding, as what is
// to be added to 1 and a power of two: exp t = (1 + [0])·[1], for t of −200 … 88.
//
// t = n·ln 2 + r. The first difference is exact, the other two terms are small.
// A power below 2⁻¹²⁶ is 0. The polynomial is the best of its degree on
// |r| <= ln 2 / 2, and errs by 2⁻²⁸.
fn exp_parts(t_high: vec4<f32>, t_low: vec4<f32>) -> mat2x4<f32> {
  let n = floor((t_high + t_low) * 1.4426950408889634 + 0.5);
  let r = opaque_quad(t_high - n * LN2_HIGH) + (t_low - n * LN2_LOW);
  let p = 0.49999994 + r * (0.16666521 + r * (0.04166839 + r * (0.008368711 + r * 0.001381461)));
  let exponent = vec4<u32>(max(vec4<i32>(n) + 127, vec4<i32>()));
  return mat2x4<f32>(r + r * r * p, bitcast<vec4<f32>>(exponent << vec4<u32>(23u)));
}
