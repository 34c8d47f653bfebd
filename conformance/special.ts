/** Rows of special values: each kind once, with healthy rows around it. */
import type { Reference } from '../src/reference';

const NEG_INF = 0xff800000;
const POS_INF = 0x7f800000;
const QUIET = 0x7fc00000;
const SIGNALLING = 0x7f800001;
const NEGATIVE_NAN = 0xffc00123;
const LARGEST = 0x7f7fffff;
const LOWEST = 0xff7fffff;

/** Changes the bits of one row of healthy f32 numbers. */
type Plant = (row: Uint32Array) => void;

const at = (row: Uint32Array, share: number) => Math.floor(share * (row.length - 1));

/** Makes every element of a row by its index. */
function each(row: Uint32Array, bits: (i: number) => number): void {
  for (let i = 0; i < row.length; i++) row[i] = bits(i);
}

const plants: readonly Plant[] = [
  () => {},
  (row) => each(row, (i) => (i % 3 === 1 ? NEG_INF : row[i]!)),
  (row) => row.fill(NEG_INF),
  (row) => row.fill(POS_INF, at(row, 0.5), at(row, 0.5) + 1),
  (row) => row.fill(QUIET, row.length - 1),
  () => {},
  (row) => row.fill(SIGNALLING, 0, 1),
  (row) => row.fill(NEGATIVE_NAN, at(row, 0.7), at(row, 0.7) + 1),
  // Negative zeros, and one zero.
  (row) => row.fill(0x80000000).fill(0, at(row, 0.3), at(row, 0.3) + 1),
  // Subnormals of either sign.
  (row) => each(row, (i) => (i % 2 ? 0x80000123 : 0x00000456)),
  (row) => row.fill(NEG_INF, row.length - 1).fill(POS_INF, 0, 1),
  (row) => row.fill(QUIET, row.length - 1).fill(POS_INF, 0, 1),
  () => {},
];

/** Finite numbers so large that only logits may be such: a sum of them overflows. */
const hugePlants: readonly Plant[] = [
  (row) => row.fill(LOWEST, row.length - 1).fill(LARGEST, 0, 1),
  (row) => row.fill(LOWEST).fill(NEG_INF, row.length - 1),
  (row) => row.fill(LARGEST),
  // Every maximum is far below zero.
  (row) => row.fill(0xff700000),
  () => {},
];

/** Rows that have a kind each. */
export const specialRows = plants.length + hugePlants.length;

/**
 * Makes each row of the last axis a row of special values, from kind `first` on. Huge finite
 * numbers are left out of what is not logits.
 */
export function plantSpecials(
  data: Float32Array,
  length: number,
  { huge, first = 0 }: { huge: boolean; first?: number },
): void {
  const kinds = huge ? [...plants, ...hugePlants] : plants;
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let r = 0; r * length < data.length; r++) {
    kinds[(r + first) % kinds.length]!(bits.subarray(r * length, (r + 1) * length));
  }
}

/** A logit, scaled, of which 4 ULP are more than 2⁻¹⁰. */
const HUGE = 2 ** 12;

/**
 * Narrows the bounds of rows of huge logits. What is promised of logarithms and losses is 4 ULP of
 * the largest logit, which at 3.4e38 anything is within; what is given is the result to 2⁻¹⁰ of
 * itself, or to 2⁻²⁰ of the scale that it carries.
 *
 * @param reference of the shape of x, or of a value a row of its last axis; of others nothing is
 *   changed.
 * @param x logits, without a mask that would be added to them.
 */
export function narrowHuge(
  { data, bound }: Reference,
  x: Float32Array,
  length: number,
  scale: number,
): void {
  const rows = x.length / length;
  const each = data.length / rows;
  if (each !== 1 && each !== length) return;
  for (let r = 0; r < rows; r++) {
    const largest = x
      .subarray(r * length, (r + 1) * length)
      .reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
    if (!(scale * Math.abs(largest) >= HUGE)) continue;
    for (let i = r * each; i < (r + 1) * each; i++) {
      const seen = Math.max(2 ** -10 * Math.abs(data[i]!), 2 ** -20 * Math.max(1, scale));
      bound[i] = Math.min(bound[i]!, seen);
    }
  }
}
