/** Comparisons of lanes, into a mask with a bit for each: `v_cmp_…`, and `v_cmpx_…` into `exec`. */
import type { LaneOperation, LaneOperations } from './lane-operation';
import type { Kind } from './lanes';

type Compare = (a: number, b: number) => boolean;

const ofIntegers: Readonly<Record<string, Compare>> = {
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ne: (a, b) => a !== b,
  ge: (a, b) => a >= b,
};

const unordered: Compare = (a, b) => Number.isNaN(a) || Number.isNaN(b);

/** Those that begin with n, and u, are true of a NaN. */
const ofFloats: Readonly<Record<string, Compare>> = {
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  lg: (a, b) => a < b || a > b,
  ge: (a, b) => a >= b,
  o: (a, b) => !unordered(a, b),
  u: unordered,
  nge: (a, b) => !(a >= b),
  nlg: (a, b) => !(a < b || a > b),
  ngt: (a, b) => !(a > b),
  nle: (a, b) => !(a <= b),
  neq: (a, b) => !(a === b),
  nlt: (a, b) => !(a < b),
};

/** The classes of numbers, by the bit that asks for them. */
function classOf(bits: number): number {
  const [negative, exponent, mantissa] = [bits >>> 31, (bits >>> 23) & 255, bits & 0x7f_ffff];
  if (exponent === 255) {
    if (mantissa !== 0) return mantissa & 0x40_0000 ? 1 : 0;
    return negative ? 2 : 9;
  }
  if (exponent !== 0) return negative ? 3 : 8;
  if (mantissa !== 0) return negative ? 4 : 7;
  return negative ? 5 : 6;
}

const kinds: readonly (readonly [Kind, Readonly<Record<string, Compare>>])[] = [
  ['f32', ofFloats],
  ['f16', ofFloats],
  ['u32', ofIntegers],
  ['i32', ofIntegers],
  ['u16', ofIntegers],
  ['i16', ofIntegers],
];

const comparison = (kind: Kind, compare: Compare): LaneOperation => ({
  result: 'mask',
  sources: [kind, kind],
  compute: (a, b) => (compare(a, b) ? 1 : 0),
});

const isOfClass: LaneOperation = {
  result: 'mask',
  sources: ['u32', 'u32'],
  compute: (bits, classes) => (classes >>> classOf(bits)) & 1,
};

export const vectorCompares: LaneOperations = {
  ...Object.fromEntries(
    kinds.flatMap(([kind, relations]) =>
      Object.entries(relations).flatMap(([name, compare]) => [
        [`v_cmp_${name}_${kind}`, comparison(kind, compare)],
        [`v_cmpx_${name}_${kind}`, comparison(kind, compare)],
      ]),
    ),
  ),
  v_cmp_class_f32: isOfClass,
  v_cmpx_class_f32: isOfClass,
};
