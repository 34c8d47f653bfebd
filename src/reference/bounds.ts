/**
 * How far an f32 result may be from the exact one, op by op. `docs/numerics.md` derives every
 * number here; the names are the same.
 */

/** The unit of relative error: 2⁻²³, twice the error of one rounding to f32. */
export const U = 2 ** -23;
/** The least normal f32: anything smaller may flush to zero. */
export const MIN_NORMAL = 2 ** -126;
/** The greatest f32: finite results beyond it saturate. */
export const MAX = 3.4028234663852886e38;

/** What a sum of up to 2²⁰ terms may add, in U of the sum of their absolute values. */
export const SUM = 3;
/** Absolute error that a log-probability, log-sum-exp or loss may always have. */
const LOG_ABSOLUTE = 2 ** -20;
const SMALLEST = 2 ** -149;

/** ULP by the exponent bits of a float64; 2⁻¹⁴⁹ for f32's subnormals. */
const ULP_BY_EXPONENT = Float64Array.from({ length: 2048 }, (_, e) =>
  Math.max(2 ** (e - 1023 - 23), SMALLEST),
);
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The distance of neighbouring f32 values at v: 2^(⌊log₂|v|⌋ − 23), at least 2⁻¹⁴⁹. */
export function ulp(v: number): number {
  float[0] = v;
  // WebGPU's hosts are little-endian: the exponent is in the second word.
  return ULP_BY_EXPONENT[(words[1]! >>> 20) & 0x7ff]!;
}

/** Error of rounding v to f32. */
export const halfUlp = (v: number): number => 0.5 * ulp(v);

/** A finite result saturates at ±MAX. */
export const saturate = (v: number): number =>
  Math.abs(v) < Infinity ? Math.min(Math.max(v, -MAX), MAX) : v;

/**
 * The bound for a value with this error: nothing for NaN and infinities; otherwise the error, the
 * rounding of a subnormal, and the value itself where the result may flush to zero.
 */
export function allow(value: number, error: number): number {
  const size = Math.abs(value);
  if (!(size < Infinity)) {
    return 0;
  }
  return size - error < MIN_NORMAL ? error + Math.min(size, MIN_NORMAL) + SMALLEST : error;
}

/**
 * What bounds are made of. The tests ask of each how near a kernel comes to it where it is the largest
 * part: one that nothing comes near tests nothing.
 */
export const terms = [
  'constant',
  'distance',
  'absolute',
  'log1p',
  'high',
  'exp',
  'exponent',
  'others',
  'sum',
  'rounding',
  'mask',
  'z-loss',
  'rows',
  'flush',
  'product',
  'logits',
  'f16',
] as const;
export type Term = (typeof terms)[number];
const indexOf = Object.fromEntries(terms.map((name, i) => [name, i])) as Record<Term, number>;

/**
 * Sets element i of a result, its bound as the sum of up to four parts, and the largest of them as
 * its term.
 */
export function put(
  result: { data: Float64Array; bound: Float64Array; term?: Uint8Array },
  i: number,
  value: number,
  term: Term,
  error: number,
  second: Term = term,
  secondError = 0,
  third: Term = term,
  thirdError = 0,
  fourth: Term = term,
  fourthError = 0,
): void {
  const bound = allow(value, error + secondError + thirdError + fourthError);
  let largest = term;
  let most = error;
  if (secondError > most) [largest, most] = [second, secondError];
  if (thirdError > most) [largest, most] = [third, thirdError];
  if (fourthError > most) [largest, most] = [fourth, fourthError];
  if (Math.abs(value) < MIN_NORMAL) largest = 'flush';
  result.data[i] = value;
  result.bound[i] = bound;
  if (result.term) result.term[i] = indexOf[largest];
}

/** |v| where an f32 result of about v may flush to zero, otherwise 0. */
export const flushable = (v: number): number =>
  Math.abs(v) < MIN_NORMAL * 1.001 ? Math.abs(v) : 0;

/** One U of v, or the step between subnormals where that is more. */
export const unit = (v: number): number => Math.max(U * Math.abs(v), SMALLEST);

/** `exp(t + move) − exp(t)`, given e = exp(t); no 0 · ∞ where e underflows or t is −∞. */
export function expGrowth(e: number, t: number, move: number): number {
  if (e > 0) {
    return e * Math.expm1(move);
  }
  return t === -Infinity ? 0 : Math.exp(t + move);
}

/** The promise of precision 'high', in ULP: for probabilities, and for logarithms of them. */
export const HIGH = 6;

/** Units of error per unit of distance from the maximum: a scale other than 1 rounds once more. */
export const distanceCost = (scale: number): number => (scale === 1 ? 3 : 4);

/** The promise for probabilities, in ULP: 9 + c·d + c·d̄. */
const probabilityUlps = (scale: number, t: number, meanDistance: number): number =>
  9 + distanceCost(scale) * (meanDistance - t);

/** What most of a probability's own error is made of. */
export function probabilityTerm(
  t: number,
  scale: number,
  meanDistance: number,
  high: boolean,
): Term {
  if (high) return 'high';
  return probabilityUlps(scale, t, meanDistance) > 2 * 9 ? 'distance' : 'constant';
}

/**
 * Error of the probability p = exp(t) / Σ exp(t).
 * @param move how far rounding x + mask may move t and log Σ together
 * @param high whether of precision 'high'
 */
export function probabilityError(
  p: number,
  t: number,
  scale: number,
  meanDistance: number,
  move: number,
  high: boolean,
): number {
  // Where d is above 104 nothing is left of p in f32, and d may be as large as 3e38.
  const ulps = high ? HIGH : Math.min(probabilityUlps(scale, t, meanDistance), 1024);
  const error = p > 0 ? ulps * ulp(p) : 0;
  return move > 0 ? error + expGrowth(p, t, move) : error;
}

/** What most of a logarithm's error is made of. */
export const logTerm = (largest: number): Term =>
  4 * ulp(largest) > LOG_ABSOLUTE ? 'constant' : 'absolute';

/** The promise for logarithms: 4 ULP of the largest part, or 2⁻²⁰. */
export const logError = (largest: number): number => Math.max(4 * ulp(largest), LOG_ABSOLUTE);

/** Products that are added one after the other before a chain of a matrix product is closed. */
const PRODUCT_CHAIN = 32;
/** Chains in a part of a matrix product at most, and the fewest products in one of several parts. */
const PRODUCT_CHAINS = 64;
const PRODUCT_PART = 256;

/**
 * Error of a sum of products over `length` terms, in U of the sum of their absolute values: half a U
 * for the product and for each addition that a term passes through.
 */
export function productError(length: number): number {
  const chain = Math.min(length, PRODUCT_CHAIN);
  const chains = Math.min(Math.ceil(length / PRODUCT_CHAIN), PRODUCT_CHAINS);
  const parts = Math.ceil(length / PRODUCT_PART);
  const merge = Math.min(parts, PRODUCT_CHAIN) + Math.ceil(parts / PRODUCT_CHAIN);
  return 0.5 * (1 + chain + chains + merge);
}
