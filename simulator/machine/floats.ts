/** Arithmetic of single precision as the hardware does it, on JavaScript's doubles. */

const SMALLEST_NORMAL = 2 ** -126;

/** Denormals become zeros of their sign. */
export const flushed = (x: number): number =>
  x < SMALLEST_NORMAL && x > -SMALLEST_NORMAL ? x * 0 : x;

/** The other one of a NaN, as IEEE 754-2008 has it; +0 is larger than −0. */
export const larger = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);

export const smaller = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);

/** The middle one; the smallest of those that are numbers if one is none. */
export function median(a: number, b: number, c: number): number {
  if (Number.isNaN(a + b + c) && (Number.isNaN(a) || Number.isNaN(b) || Number.isNaN(c))) {
    return smaller(smaller(a, b), c);
  }
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * `a * b + c` of single-precision numbers, to be rounded once. The product is exact in double
 * precision and the sum is rounded there; where that lies just between two singles, it is moved to
 * the side on which the exact sum is.
 */
export function fused(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  double[0] = sum;
  if ((words[0]! & 0x1fff_ffff) !== 0x1000_0000) return sum;
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost === 0 || Number.isNaN(lost)) return sum;
  words[0] = words[0]! + (lost > 0 === sum > 0 ? 1 : -1);
  return double[0]!;
}

/** To the nearest, ties to even. */
export function toNearestEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** As an integer in a range; a NaN is 0. */
export const saturated = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));
