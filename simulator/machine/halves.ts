/** Half precision, with denormals, as RADV sets the mode. */
import { toNearestEven } from './floats';

const LARGEST = 65_504;
const INFINITY = 0x7c00;

/** The value of the bits of a half. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** The bits of the nearest half, ties to even. */
export const toHalf = (x: number): number => rounded(x, toNearestEven);

/** The bits of the next half towards zero. */
export const toHalfTowardsZero = (x: number): number =>
  Math.abs(x) > LARGEST && Number.isFinite(x) ? (x < 0 ? 0xfbff : 0x7bff) : rounded(x, Math.floor);

function rounded(x: number, round: (units: number) => number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (size === Number.POSITIVE_INFINITY) return sign | INFINITY;
  // Below 2⁻¹⁴ the units stay what they are there.
  const exponent = Math.max(-14, exponentOf(size));
  const units = round(size / 2 ** (exponent - 10));
  // What carries over into the exponent is right there, up to the infinity.
  const bits = ((exponent + 14) << 10) + units;
  return sign | Math.min(bits, INFINITY);
}

const single = new Float64Array(1);
const words = new Uint32Array(single.buffer);

/** That of a power of two not above it; of zeros and denormals, one too small to matter. */
function exponentOf(size: number): number {
  single[0] = size;
  return (words[1]! >>> 20) - 1023;
}
