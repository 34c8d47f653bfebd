/** What a result is worth: its largest error, and whether PyTorch would give the same. */
import type { Reference } from '../../src/reference';
import { MAX } from '../../src/reference/bounds';
import { compare } from '../../test/harness/compare';

/** One result of an operation beside the float64 reference. */
export interface Judgement {
  /** Elements beyond what the library is held to. */
  readonly failures: number;
  /** Largest error in ULP of the exact value; null where a value is NaN or infinite and should not be. */
  readonly maxUlp: number | null;
  /** What PyTorch gives, in words. */
  readonly torch: string;
  /** What the library gives, in words, where that is something else; null where it is the same. */
  readonly instead: string | null;
}

/**
 * Compares a result with the reference, and with PyTorch: what only rounding sets apart from it is
 * the same.
 *
 * @param own with the bounds that the library is held to.
 * @param any with the bounds beyond which an error is no rounding.
 */
export function judge(actual: Float32Array, own: Reference, any: Reference): Judgement {
  const { failures } = compare(actual, own);
  const torch = asTorch(any);
  const { ok } = compare(actual, torch);
  const [words, expected] = [inWords(actual), inWords(torch.data)];
  return {
    failures,
    maxUlp: finite(compare(actual, any).maxUlp),
    torch: expected,
    instead: ok ? null : words === expected ? `${words}, other values` : words,
  };
}

/** PyTorch does not saturate: what lies beyond f32 is infinite. */
export function asTorch({ data, bound, shape }: Reference): Reference {
  const beyond = (value: number) => Math.abs(value) === MAX;
  return {
    data: data.map((value) => (beyond(value) ? Math.sign(value) * Infinity : value)),
    bound: bound.map((each, i) => (beyond(data[i]!) ? 0 : each)),
    shape,
  };
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

const finite = (value: number) => (Number.isFinite(value) ? value : null);
