/** Bits of words. Words are numbers whose low 32 bits count; results may be negative. */

export const countOnes = (word: number): number => {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
};

export const reversed = (word: number): number => {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result |= ((word >>> bit) & 1) << (31 - bit);
  return result;
};

/** Where the lowest one is, −1 without any. */
export const lowestOne = (word: number): number =>
  word === 0 ? -1 : 31 - Math.clz32(word & -word);

/** So many ones from the bottom up. */
export const ones = (count: number): number => (count >= 32 ? 0xffff_ffff : 2 ** count - 1);

/** The field of `width` bits from `offset` on. */
export const field = (word: number, offset: number, width: number): number =>
  (word >>> offset) & ones(width);

/** The same with its highest bit as the sign. */
export const signedField = (word: number, offset: number, width: number): number => {
  const within = Math.min(width, 32 - offset);
  return within === 0 ? 0 : (word << (32 - offset - within)) >> (32 - within);
};

export const signExtended16 = (word: number): number => (word << 16) >> 16;

/** The upper half of a product of unsigned words. */
export const highProduct = (a: number, b: number): number =>
  Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n);

export const highSignedProduct = (a: number, b: number): number =>
  Number((BigInt(a | 0) * BigInt(b | 0)) >> 32n);

/** The two words of a shift of 64 bits, low first. */
export function shifted64(
  low: number,
  high: number,
  by: number,
  direction: 'left' | 'right' | 'signed right',
): [low: number, high: number] {
  const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const distance = BigInt(by & 63);
  const result =
    direction === 'left'
      ? value << distance
      : direction === 'right'
        ? value >> distance
        : BigInt.asIntN(64, value) >> distance;
  return [Number(result & 0xffff_ffffn), Number((result >> 32n) & 0xffff_ffffn)];
}
