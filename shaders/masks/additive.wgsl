// x + mask on bits. Finite sums that would overflow stop at ±FLT_MAX; otherwise
// as IEEE 754: NaN wins, opposite infinities give NaN, an infinity wins.

fn masked(bits: vec4<u32>, mask: vec4<u32>, quad: u32) -> vec4<u32> {
  let x = finite(bits);
  let highest = vec4<f32>(FLT_MAX) - max(x, vec4<f32>());
  let lowest = vec4<f32>(-FLT_MAX) - min(x, vec4<f32>());
  let sum = bitcast<vec4<u32>>(x + clamp(finite(mask), lowest, highest));

  let x_special = is_special(bits);
  let mask_special = is_special(mask);
  let clash = (x_special & mask_special & (bits != mask))
    | ((bits & vec4<u32>(MAGNITUDE)) > vec4<u32>(POS_INF))
    | ((mask & vec4<u32>(MAGNITUDE)) > vec4<u32>(POS_INF));
  let either = select(mask, bits, x_special);
  return select(select(sum, either, x_special | mask_special), vec4<u32>(NAN), clash);
}
