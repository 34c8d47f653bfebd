/** Vector instructions from one type to another. */
import { saturated } from './floats';
import { toHalfTowardsZero } from './halves';
import { converts, type LaneOperations } from './lane-operation';

const toU32 = (a: number) => saturated(a, 0, 0xffff_ffff);
const toI32 = (a: number) => saturated(a, -0x8000_0000, 0x7fff_ffff);
const byte = (index: number) => (a: number) => (a >>> (8 * index)) & 255;

export const vectorConversions: LaneOperations = {
  v_cvt_f32_u32: converts('f32', ['u32'], (a) => a),
  v_cvt_f32_i32: converts('f32', ['i32'], (a) => a),
  v_cvt_u32_f32: converts('u32', ['f32'], toU32),
  v_cvt_i32_f32: converts('i32', ['f32'], toI32),
  v_cvt_f32_f16: converts('f32', ['f16'], (a) => a),
  v_cvt_f16_f32: converts('f16', ['f32'], (a) => a),
  v_cvt_f16_u16: converts('f16', ['u16'], (a) => a),
  v_cvt_f16_i16: converts('f16', ['i16'], (a) => a),
  v_cvt_u16_f16: converts('u16', ['f16'], (a) => saturated(a, 0, 0xffff)),
  v_cvt_i16_f16: converts('i16', ['f16'], (a) => saturated(a, -0x8000, 0x7fff)),
  v_cvt_f32_ubyte0: converts('f32', ['u32'], byte(0)),
  v_cvt_f32_ubyte1: converts('f32', ['u32'], byte(1)),
  v_cvt_f32_ubyte2: converts('f32', ['u32'], byte(2)),
  v_cvt_f32_ubyte3: converts('f32', ['u32'], byte(3)),
  v_cvt_pkrtz_f16_f32: converts(
    'u32',
    ['f32', 'f32'],
    (a, b) => toHalfTowardsZero(a) | (toHalfTowardsZero(b) << 16),
  ),
  v_pack_b32_f16: converts('u32', ['u16', 'u16'], (a, b) => a | (b << 16)),
  v_ldexp_f32: converts('f32', ['f32', 'i32'], (a, exponent) => a * 2 ** exponent),
  v_frexp_mant_f32: converts('f32', ['f32'], (a) =>
    a === 0 || !Number.isFinite(a) ? a : a / 2 ** exponentOf(a),
  ),
  v_frexp_exp_i32_f32: converts('i32', ['f32'], (a) =>
    a === 0 || !Number.isFinite(a) ? 0 : exponentOf(a),
  ),
};

/** With a mantissa from 0.5 to 1. */
function exponentOf(a: number): number {
  let exponent = Math.floor(Math.log2(Math.abs(a))) + 1;
  while (Math.abs(a) / 2 ** exponent >= 1) exponent++;
  while (Math.abs(a) / 2 ** exponent < 0.5) exponent--;
  return exponent;
}
