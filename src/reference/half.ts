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
 * What a result stored as f16 must be, from what the f32 result must be: within one ULP of f16 more,
 * and infinite from 65 520 on.
 */
export function asHalf({ data, shape, bound }: Reference): Reference {
  return {
    shape,
    data: data.map((v) => (isOver(v) ? Math.sign(v) * Infinity : v)),
    bound: bound.map((error, i) => {
      const v = data[i]!;
      return isOver(v) || Number.isNaN(v) ? 0 : error + ulp16(Math.abs(v) + error);
    }),
  };
}
