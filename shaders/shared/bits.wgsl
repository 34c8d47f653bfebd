// provides: NEG_INF, POS_INF, NAN, MAGNITUDE, FLT_MAX, FLT_MAX_BITS, NEG_FLT_MAX_BITS, finite,
//   finite_row, only_if, is_special, is_special_row
// requires: RowU32, RowF32, RowI32, RowBool
//
// WGSL lets an implementation assume that infinities and NaNs never occur. So row data
// is bound as u32 and classified by its bits, and only finite values are ever treated as
// f32. Special results are stored as bits too.

const NEG_INF = 0xff800000u;
const POS_INF = 0x7f800000u;
const NAN = 0x7fc00000u;
const MAGNITUDE = 0x7fffffffu;
const FLT_MAX = 0x1.fffffep+127f;
const FLT_MAX_BITS = 0x7f7fffff;
const NEG_FLT_MAX_BITS = 0xff7fffff;

// The f32 of each pattern; −inf and −NaN become −FLT_MAX, +inf and +NaN
// become +FLT_MAX. As i32 the positive patterns are ordered, as u32 the
// negative ones are, so one integer min clamps each sign.
fn finite(bits: vec4<u32>) -> vec4<f32> {
  let below_pos_inf = vec4<u32>(min(vec4<i32>(bits), vec4<i32>(FLT_MAX_BITS)));
  return bitcast<vec4<f32>>(min(below_pos_inf, vec4<u32>(NEG_FLT_MAX_BITS)));
}

fn finite_row(bits: RowU32) -> RowF32 {
  return bitcast<RowF32>(min(RowU32(min(RowI32(bits), RowI32(FLT_MAX_BITS))), RowU32(NEG_FLT_MAX_BITS)));
}

// A vector or 0, by a bit mask: in a loop a branch or a select is slower on SwiftShader.
fn only_if(wanted: bool, v: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(v) & vec4<u32>(select(0u, 0xffffffffu, wanted)));
}

fn is_special(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4<u32>(MAGNITUDE)) >= vec4<u32>(POS_INF);
}

fn is_special_row(bits: RowU32) -> RowBool {
  return (bits & RowU32(MAGNITUDE)) >= RowU32(POS_INF);
}
