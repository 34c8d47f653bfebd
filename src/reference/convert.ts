import { terms } from './bounds';
import type { Reference } from './rows';

/** From here on the nearest f16 is infinite. */
const HALF_INFINITE = 65520;
const isOver = (v: number) => Math.abs(v) >= HALF_INFINITE;
/** The exponent of the least normal f16, 2⁻¹⁴. */
const LEAST_EXPONENT = -14;

/** The distance of neighbouring f16 values at v: 2^(⌊log₂|v|⌋ − 10), at least 2⁻²⁴. */
export function ulp16(v: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(v)));
  return 2 ** (Math.max(exponent, LEAST_EXPONENT) - 10);
}

/**
 * What a result must be in another element type, from what the f32 result must be: as f16 within one
 * ULP of f16 more, and infinite from 65 520 on.
 * @param dtype what is stored; 'f32' changes nothing
 */
export function convert(reference: Reference, dtype: 'f32' | 'f16'): Reference {
  if (dtype === 'f32') return reference;
  const { data, shape, bound, term } = reference;
  return {
    // What a half's ULP is beside, most of the bound is; where it is the lesser part, it is not.
    ...(term && {
      term: term.map((of, i) => (ulp16(data[i]!) > bound[i]! ? terms.indexOf('f16') : of)),
    }),
    shape,
    data: data.map((v) => (isOver(v) ? Math.sign(v) * Infinity : v)),
    bound: bound.map((error, i) => {
      const v = data[i]!;
      return isOver(v) || Number.isNaN(v) ? 0 : error + ulp16(Math.abs(v) + error);
    }),
  };
}
