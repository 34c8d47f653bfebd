/**
 * Philox 4×32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011):
 * four random words as a function of a counter of four words and a key of two.
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [p, q] = [highHalf(a, 0xd2511f53), highHalf(c, 0xcd9e8d57)];
    const [lowP, lowQ] = [Math.imul(a, 0xd2511f53) >>> 0, Math.imul(c, 0xcd9e8d57) >>> 0];
    [a, b, c, d] = [(q ^ b ^ k0) >>> 0, lowQ, (p ^ d ^ k1) >>> 0, lowP];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** The upper 32 bits of a product of 32-bit words: half a word of one factor at a time is exact. */
const highHalf = (a: number, b: number): number =>
  Math.floor((a * (b >>> 16) + Math.floor((a * (b & 0xffff)) / 65_536)) / 65_536);
