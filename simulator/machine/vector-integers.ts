/** Vector instructions on integers and bits. What does not fit in the result is cut off. */
import {
  countOnes,
  field,
  highProduct,
  highSignedProduct,
  lowestOne,
  ones,
  reversed,
  signedField,
} from './bits';
import { converts, i16, i32, type LaneOperations, u16, u32 } from './lane-operation';

const LOW_24 = 0xff_ffff;

const median = (a: number, b: number, c: number) =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

export const vectorIntegers: LaneOperations = {
  v_mov_b32: u32(1, (a) => a),
  v_cndmask_b32: converts('u32', ['u32', 'u32', 'mask'], (a, b, chosen) => (chosen ? b : a)),
  v_not_b32: u32(1, (a) => ~a),
  v_bfrev_b32: u32(1, reversed),
  v_and_b32: u32(2, (a, b) => a & b),
  v_or_b32: u32(2, (a, b) => a | b),
  v_xor_b32: u32(2, (a, b) => a ^ b),
  v_xnor_b32: u32(2, (a, b) => ~(a ^ b)),
  v_or3_b32: u32(3, (a, b, c) => a | b | c),
  v_xor3_b32: u32(3, (a, b, c) => a ^ b ^ c),
  v_and_or_b32: u32(3, (a, b, c) => (a & b) | c),
  v_lshl_or_b32: u32(3, (a, b, c) => (a << b) | c),
  v_lshlrev_b32: u32(2, (by, a) => a << by),
  v_lshrrev_b32: u32(2, (by, a) => a >>> by),
  v_ashrrev_i32: u32(2, (by, a) => a >> by),
  v_bfe_u32: u32(3, (a, offset, width) => field(a, offset & 31, width & 31)),
  v_bfe_i32: u32(3, (a, offset, width) => signedField(a, offset & 31, width & 31)),
  v_bfi_b32: u32(3, (mask, a, b) => (mask & a) | (~mask & b)),
  v_bfm_b32: u32(2, (width, offset) => ones(width & 31) << offset),
  v_alignbit_b32: u32(3, (high, low, by) =>
    by & 31 ? (high << (32 - (by & 31))) | (low >>> by) : low,
  ),
  v_alignbyte_b32: u32(3, (high, low, by) =>
    by & 3 ? (high << (32 - 8 * (by & 3))) | (low >>> (8 * (by & 3))) : low,
  ),
  v_perm_b32: u32(3, permuted),
  v_bcnt_u32_b32: u32(2, (a, b) => countOnes(a) + b),
  v_ffbl_b32: u32(1, lowestOne),
  v_ffbh_u32: u32(1, (a) => (a === 0 ? -1 : Math.clz32(a))),
  v_mbcnt_lo_u32_b32: converts(
    'u32',
    ['u32', 'u32', 'lane'],
    (mask, a, lane) => countOnes(mask & ones(lane)) + a,
  ),
  v_mbcnt_hi_u32_b32: converts(
    'u32',
    ['u32', 'u32', 'lane'],
    (mask, a, lane) => countOnes(mask & ones(Math.max(0, lane - 32))) + a,
  ),
  v_add_nc_u32: u32(2, (a, b) => a + b),
  v_sub_nc_u32: u32(2, (a, b) => a - b),
  v_subrev_nc_u32: u32(2, (a, b) => b - a),
  v_add3_u32: u32(3, (a, b, c) => a + b + c),
  v_add_lshl_u32: u32(3, (a, b, by) => (a + b) << by),
  v_lshl_add_u32: u32(3, (a, by, b) => (a << by) + b),
  v_xad_u32: u32(3, (a, b, c) => ((a ^ b) >>> 0) + c),
  v_mul_lo_u32: u32(2, Math.imul),
  v_mul_hi_u32: u32(2, highProduct),
  v_mul_hi_i32: u32(2, highSignedProduct),
  v_mul_u32_u24: u32(2, (a, b) => Math.imul(a & LOW_24, b & LOW_24)),
  v_mad_u32_u24: u32(3, (a, b, c) => Math.imul(a & LOW_24, b & LOW_24) + c),
  v_mul_i32_i24: u32(2, (a, b) => Math.imul((a << 8) >> 8, (b << 8) >> 8)),
  v_mad_i32_i24: u32(3, (a, b, c) => Math.imul((a << 8) >> 8, (b << 8) >> 8) + c),
  v_mad_u32_u16: converts('u32', ['u16', 'u16', 'u32'], (a, b, c) => a * b + c),
  v_mad_i32_i16: converts('u32', ['i16', 'i16', 'u32'], (a, b, c) => a * b + c),
  v_sad_u32: u32(3, (a, b, c) => Math.abs(a - b) + c),
  v_min_u32: u32(2, Math.min),
  v_max_u32: u32(2, Math.max),
  v_min_i32: i32(2, Math.min),
  v_max_i32: i32(2, Math.max),
  v_min3_u32: u32(3, Math.min),
  v_max3_u32: u32(3, Math.max),
  v_min3_i32: i32(3, Math.min),
  v_max3_i32: i32(3, Math.max),
  v_med3_u32: u32(3, median),
  v_med3_i32: i32(3, median),
  v_add_nc_u16: u16(2, (a, b) => a + b),
  v_sub_nc_u16: u16(2, (a, b) => a - b),
  v_add_nc_i16: i16(2, (a, b) => a + b),
  v_sub_nc_i16: i16(2, (a, b) => a - b),
  v_mul_lo_u16: u16(2, Math.imul),
  v_mad_u16: u16(3, (a, b, c) => Math.imul(a, b) + c),
  v_min_u16: u16(2, Math.min),
  v_max_u16: u16(2, Math.max),
  v_min_i16: i16(2, Math.min),
  v_max_i16: i16(2, Math.max),
  v_lshlrev_b16: u16(2, (by, a) => a << (by & 15)),
  v_lshrrev_b16: u16(2, (by, a) => a >>> (by & 15)),
  v_ashrrev_i16: i16(2, (by, a) => a >> (by & 15)),
};

/** Bytes of two words, picked by the bytes of a third: 0 to 3 of `low`, 4 to 7 of `high`, 12 is zero. */
function permuted(high: number, low: number, selectors: number): number {
  let result = 0;
  for (let i = 0; i < 4; i++) {
    const selector = field(selectors, 8 * i, 8);
    if (selector > 7 && selector !== 12) {
      throw new Error(`v_perm_b32: selector ${selector} is not simulated`);
    }
    const byte = selector === 12 ? 0 : field(selector < 4 ? low : high, 8 * (selector & 3), 8);
    result |= byte << (8 * i);
  }
  return result;
}
