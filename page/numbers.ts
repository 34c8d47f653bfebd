/** Numbers as the visitor types them, and as the page shows them. */

/**
 * Reads numbers with commas, semicolons or white space between, brackets around them allowed. A
 * number may be written −inf or inf, with either minus sign.
 *
 * @param what names the numbers in messages.
 * @throws RangeError for none, more than `most`, a word that is no number, or a number beyond f32.
 */
export function parseNumbers(text: string, what: string, most: number): Float32Array<ArrayBuffer> {
  const words = text
    .replaceAll('−', '-')
    .replace(/^\s*\[(.*)\]\s*$/s, '$1')
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  if (words.length === 0) throw new RangeError(`Type 1 to ${most} ${what}, such as 2, 4, 2, 1.`);
  if (words.length > most) {
    throw new RangeError(`${words.length} ${what}: this page takes ${most} at most.`);
  }
  return Float32Array.from(words, parseNumber);
}

function parseNumber(word: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const value = Number(word);
  if (Number.isNaN(value)) {
    throw new RangeError(`“${word}” is not a number; write numbers such as 2, −0.5 or 1e−3.`);
  }
  if (!Number.isFinite(Math.fround(value))) {
    throw new RangeError(`${word} is beyond the range of f32, ±3.4e38.`);
  }
  return value;
}

/** Significant digits of an f32 that can be relied on. */
const MOST_DIGITS = 6;

/** Whether a value is written with an exponent. */
const isLong = (size: number, digits: number) =>
  size > 0 && size < Infinity && (size < 10 ** -(digits / 2 + 1) || size >= 1e5);

/** Decimals that are written of a value of this size. */
const placesOf = (size: number, digits: number) =>
  Math.min(digits, MOST_DIGITS - (size < 1 ? 0 : Math.floor(Math.log10(size)) + 1));

/** A value in a width that fits a table, with digits that an f32 has: 0.757313, −3.19, 1002.28, 1.2346e−7, −∞. */
export function formatValue(value: number, digits: 4 | 6 = 6): string {
  const size = Math.abs(value);
  const text = isLong(size, digits)
    ? value.toExponential(digits - 2)
    : String(Number.isFinite(value) ? Number(value.toFixed(placesOf(size, digits))) : value);
  return text.replaceAll('-', '−').replace('Infinity', '∞');
}

/** Whether a result is exact to every digit that is shown of it: to half a unit of the last. */
export function agreesAsShown(result: number, exact: number, digits: 4 | 6 = 6): boolean {
  if (!Number.isFinite(exact) || !Number.isFinite(result)) return Object.is(result, exact);
  const size = Math.abs(result);
  const last = isLong(size, digits)
    ? 10 ** (Math.floor(Math.log10(size)) - (digits - 2))
    : 10 ** -placesOf(size, digits);
  return Math.abs(result - exact) <= last / 2;
}

/** 12,345 */
export const formatCount = (count: number): string => count.toLocaleString('en');

/** Errors in ULP: 0.48, 13.2, 4,100. */
export const formatUlp = (ulp: number): string =>
  Number.isFinite(ulp) ? ulp.toLocaleString('en', { maximumSignificantDigits: 3 }) : '∞';

/** 0.123 → 12.3 % */
export const formatShare = (share: number): string =>
  Number.isFinite(share)
    ? `${(100 * share).toLocaleString('en', { maximumSignificantDigits: 3 })} %`
    : '∞';
