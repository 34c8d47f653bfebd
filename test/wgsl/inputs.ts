/** Inputs for functions of f32 numbers: every exponent, edges, seeded random ones. */
import { Random } from '../../conformance/random';

export const FLT_MAX = 2 ** 128 - 2 ** 104;
/** A relative error: the unit of docs/numerics.md. */
export const U = 2 ** -23;
/** How many inputs a function gets where nothing asks for another number. */
export const COUNT = 2 ** 17;

/** Fractions at which something may turn over; the others are random. */
const fractions = [0, 1, 2, 0x3fffff, 0x400000, 0x400001, 0x3504f2, 0x3504f3, 0x7ffffe, 0x7fffff];

/** Numbers of every exponent in a range, with the edges' and with random fractions. */
export function everyExponent(
  seed: number,
  { low = -126, high = 127, signed = true, count = COUNT } = {},
): Float32Array<ArrayBuffer> {
  const random = new Random(seed);
  const bits = new Uint32Array(count);
  const exponents = high - low + 1;
  for (let i = 0; i < count; i++) {
    const fraction = fractions[Math.floor(i / exponents)] ?? random.bits() >>> 9;
    const sign = signed ? random.bits() & 0x80000000 : 0;
    bits[i] = sign | ((low + 127 + (i % exponents)) << 23) | fraction;
  }
  return new Float32Array(bits.buffer);
}

/** Patterns of every kind: all exponents, those of infinities, NaNs and subnormals too, with the edges' fractions and random ones. */
export function everyPattern(seed: number, count = COUNT): Uint32Array<ArrayBuffer> {
  const random = new Random(seed);
  return Uint32Array.from({ length: count }, (_, i) => {
    const fraction = fractions[Math.floor(i / 512)] ?? random.bits() >>> 9;
    return ((i % 512) << 23) | fraction;
  });
}

export const bitsOf = (values: Float32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Values of `make`, rounded to f32. */
export const floatsFrom = (count: number, make: (i: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => make(i));

/** The same elements four rows to a quad: quad i has those that are a quarter of all apart. */
export function inFours<T extends Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  values: T,
): T {
  const quarter = values.length / 4;
  return values.map((_, at) => values[(at % 4) * quarter + Math.floor(at / 4)]!) as T;
}
