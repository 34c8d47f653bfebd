/** Numbers in two parts: sums and products that are exact, and what is made of them. */
import { Random } from '../../conformance/random';
import type { PageTests } from '../browser/page-tests';
import { calls, type RowFiles } from './calls';
import { Errors, expectSame } from './errors';
import { type Call, floats, run } from './function';
import { COUNT, everyExponent } from './inputs';

const rowFiles: readonly RowFiles[] = ['one', 'four'];

/** a + b in float64 and what that leaves: two numbers with equal sums have the same of both. */
function exactSum(a: number, b: number): readonly [sum: number, rest: number] {
  const sum = a + b;
  const ofB = sum - a;
  return [sum, a - (sum - ofB) + (b - ofB)];
}

const isSum = (first: number, second: number, a: number, b: number) => {
  const [sum, rest] = exactSum(a, b);
  const [actual, actualRest] = exactSum(first, second);
  return sum === actual && rest === actualRest;
};

type Operands = Readonly<Record<string, Float32Array<ArrayBuffer>>>;

async function forBoth(
  call: Call,
  given: Operands,
  look: (found: Record<string, Float32Array>, rows: RowFiles) => string,
): Promise<string> {
  const found = [];
  for (const rows of rowFiles) {
    const calls = rows === 'one' ? COUNT : COUNT / 4;
    const bits = await run(call, { given, calls, rows });
    const values = Object.fromEntries(Object.entries(bits).map(([name, y]) => [name, floats(y)]));
    found.push(look(values, rows));
  }
  return found.join('\n');
}

/** Pairs at all distances from each other, many of them near, of either sign. */
function pairs(
  seed: number,
  low: number,
  high: number,
): { a: Float32Array<ArrayBuffer>; b: Float32Array<ArrayBuffer> } {
  const random = new Random(seed);
  const a = everyExponent(seed, { low, high });
  const b = everyExponent(seed + 1, { low, high }).map((value, i, all) => {
    if (i % 2) return all[(i * 40_503) % COUNT]!;
    // Near the other, so that what cancels is all, or all but some bits.
    const exponent = Math.floor(Math.log2(Math.abs(a[i]!)));
    const fraction = value / 2 ** Math.floor(Math.log2(Math.abs(value)));
    return fraction * 2 ** Math.max(low, Math.min(high, exponent + random.integer(61) - 30));
  });
  return { a, b };
}

/** Numbers in two parts, the second no more than a rounding of the first. */
function twoParts(
  seed: number,
  { low, high, signed = true }: { low: number; high: number; signed?: boolean },
) {
  const random = new Random(seed);
  const first = everyExponent(seed, { low, high, signed });
  const second = first.map((value, i) => {
    const half = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 24);
    return i % 5 ? half * random.uniform(-0.5, 0.5) : 0;
  });
  return { first, second };
}

async function ofTwo(
  name: string,
  call: Call,
  range: { low: number; high: number; signed?: boolean },
  exactOf: (a: number, b: number, rests: readonly [number, number]) => number,
  allowed: (exact: number) => number,
): Promise<string> {
  const [a, b] = [twoParts(41, range), twoParts(42, range)];
  b.first.reverse();
  b.second.reverse();
  const given = { a0: a.first, a1: a.second, b0: b.first, b1: b.second };
  return forBoth(call, given, ({ first, second, y }, rows) => {
    const errors = new Errors(`${name} (${rows})`);
    for (let i = 0; i < COUNT; i++) {
      const rests = [a.second[i]!, b.second[i]!] as const;
      const exact = exactOf(a.first[i]!, b.first[i]!, rests);
      const describe = () => `${a.first[i]} + ${a.second[i]} and ${b.first[i]} + ${b.second[i]}`;
      const actual = y ? y[i]! : first![i]! + second![i]!;
      errors.take(actual, exact, allowed(exact), describe);
    }
    return errors.done();
  });
}

export const tests = {
  'a sum in two parts is exact': async () => {
    const { a, b } = pairs(1, -100, 126);
    const ordered = {
      a: a.map((value, i) => (Math.abs(value) >= Math.abs(b[i]!) ? value : b[i]!)),
      b: b.map((value, i) => (Math.abs(value) <= Math.abs(a[i]!) ? value : a[i]!)),
    };
    const look = (name: string, given: Operands) => (found: Operands, rows: RowFiles) => {
      const [x, y] = [given.a!, given.b!];
      const describe = (i: number) => `${x[i]} + ${y[i]}: ${found.first![i]} + ${found.second![i]}`;
      const isRight = (i: number) => isSum(found.first![i]!, found.second![i]!, x[i]!, y[i]!);
      return expectSame(`${name} (${rows})`, COUNT, isRight, describe);
    };
    return [
      await forBoth(calls.twoSum, { a, b }, look('any order', { a, b }) as never),
      await forBoth(calls.twoSumOrdered, ordered, look('ordered', ordered) as never),
    ].join('\n');
  },

  'a product in two parts: the first 12 bits of each exactly, all within 2⁻³³': () => {
    const { a, b } = pairs(3, -40, 60);
    // The first 12 bits, as a float64 has them.
    const head = (x: number) => {
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 11);
      return Math.trunc(x / unit) * unit;
    };
    return forBoth(calls.twoProduct, { a, b }, ({ first, second }, rows) => {
      const errors = new Errors(`product (${rows})`);
      const heads = expectSame(
        `product of the heads (${rows})`,
        COUNT,
        (i) => first![i] === head(a[i]!) * head(b[i]!),
        (i) => `${a[i]} · ${b[i]}: ${first![i]}, not ${head(a[i]!) * head(b[i]!)}`,
      );
      for (let i = 0; i < COUNT; i++) {
        const exact = a[i]! * b[i]!;
        const actual = first![i]! + second![i]!;
        errors.take(actual, exact, 2 ** -33 * Math.abs(exact), () => `${a[i]} · ${b[i]}`);
      }
      return `${heads}\n${errors.done()}`;
    });
  },

  'sums of two numbers in two parts: 2⁻⁴⁵': () =>
    ofTwo(
      'plus',
      calls.plusHigh,
      { low: 0, high: 20, signed: false },
      (a, b, [c, d]) => a + b + (c + d),
      (exact) => 2 ** -45 * exact,
    ),

  'products of two numbers in two parts: 2⁻³²': () =>
    ofTwo(
      'times',
      calls.timesHigh,
      { low: -30, high: 30 },
      (a, b, [c, d]) => (a + c) * (b + d),
      (exact) => 2 ** -32 * Math.abs(exact),
    ),

  'a quotient of two numbers in two parts is rounded once: ½ ULP, and 2⁻⁹ of one': () =>
    ofTwo(
      'ratio',
      calls.ratioHigh,
      { low: 0, high: 30, signed: false },
      (a, b, [c, d]) => (a + c) / (b + d),
      (exact) => (0.5 + 2 ** -9) * 2 ** (Math.floor(Math.log2(exact)) - 23),
    ),
} satisfies PageTests;
