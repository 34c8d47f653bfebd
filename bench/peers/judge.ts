/** What a result is worth: its largest error, and whether PyTorch would give the same. */

import { compare } from '../../conformance/compare';
import type { Reference } from '../../src/reference';
import { MAX } from '../../src/reference/bounds';

/** One result of an operation beside the float64 reference. */
export interface Judgement {
  /** Elements beyond what the library is held to. */
  readonly failures: number;
  /** Largest error in ULP of the exact value; null where a value is NaN or infinite and should not be. */
  readonly maxUlp: number | null;
  /** Of a row of special values. */
  readonly torch?: BesideTorch;
}

/** A result beside PyTorch's, in words. */
export interface BesideTorch {
  /** What PyTorch gives. */
  readonly gives: string;
  /** What the library gives, where that is something else; null where it is the same. */
  readonly instead: string | null;
}

/** Relative errors up to this are rounding; PyTorch's own results have some. */
const ROUNDING = 2 ** -10;

/** Compares a result with the reference, which has the bounds that the library is held to. */
export function judge(actual: Float32Array, expected: Reference): Judgement {
  const { failures, maxUlp } = compare(actual, expected);
  return { failures, maxUlp: Number.isFinite(maxUlp) ? maxUlp : null };
}

/** Compares a result with what PyTorch gives where the reference gives this. */
export function besideTorch(actual: Float32Array, expected: Reference): BesideTorch {
  const torch = asTorch(expected);
  const [words, gives] = [inWords(actual), inWords(torch.data)];
  if (compare(actual, torch).ok) return { gives, instead: null };
  return { gives, instead: words === gives ? `${words}, other values` : words };
}

/** PyTorch does not saturate: what lies beyond f32 is infinite. */
export function asTorch({ data: exact, shape }: Reference): Reference {
  const data = exact.map((v) => (Math.abs(v) === MAX ? Math.sign(v) * Infinity : v));
  const bound = data.map((v) => (Number.isFinite(v) ? ROUNDING * Math.abs(v) : 0));
  return { data, bound, shape };
}

/**
 * What a row or a single value is, in a few words: of elements that are all alike that element, to
 * three digits; otherwise how many stand out, or 'finite' where none does.
 */
export function inWords(values: Float32Array | Float64Array): string {
  const counts = new Map<string, number>();
  for (const value of values) {
    const word = standsOut(value) ?? String(Number(value.toPrecision(3)));
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [first] = counts.keys();
  if (counts.size === 1) return values.length > 1 ? `${first} row` : first!;
  const special = ['NaN', '+∞', '−∞', '0'].filter((word) => counts.has(word));
  const parts = special.map((word) => `${word} at ${counts.get(word)} of ${values.length}`);
  return parts.join(', ') || 'finite';
}

function standsOut(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === 0) return '0';
  return Math.abs(value) === Infinity ? `${value < 0 ? '−' : '+'}∞` : undefined;
}
