/** Logarithms of sums, and what is above the maximum, against float64. */
import { Random } from '../../conformance/random';
import type { PageTests } from '../browser/page-tests';
import { calls, type RowFiles } from './calls';
import { Errors } from './errors';
import { type Call, floats, run, scaled } from './function';
import { COUNT, everyExponent, FLT_MAX, floatsFrom, U } from './inputs';

const rowFiles: readonly RowFiles[] = ['one', 'four'];

/** Sums of exponentials: from 1 on, half of them below 2, where the logarithm is small. */
function sums(seed: number): Float32Array<ArrayBuffer> {
  const random = new Random(seed);
  const spread = everyExponent(seed, { low: 0, high: 40, signed: false });
  return spread.map((sum, i) => {
    if (i % 2) return sum;
    return i % 4 ? 1 + (i / COUNT) ** 2 : 1 + 2 ** random.uniform(-23, 0);
  });
}

async function hold(
  name: string,
  call: Call,
  given: Readonly<Record<string, Float32Array<ArrayBuffer>>>,
  exactOf: (i: number) => number,
  allowed: (exact: number, i: number) => number,
  params: Readonly<Record<string, number>> = {},
): Promise<string> {
  const errors = new Errors(name);
  for (const rows of rowFiles) {
    const calls = rows === 'one' ? COUNT : COUNT / 4;
    const y = floats((await run(call, { given, calls, params, rows })).y!);
    for (let i = 0; i < COUNT; i++) {
      const exact = exactOf(i);
      const describe = () => `${Object.values(given).map((data) => data[i])} (${rows})`;
      errors.take(y[i]!, exact, allowed(exact, i), describe);
    }
  }
  return errors.done();
}

/** Any number that is not negative: the sum over the other classes. */
const others = (seed: number) => everyExponent(seed, { low: -125, high: 40, signed: false });

const relative = (units: number) => (exact: number) => units * U * Math.abs(exact);

export const tests = {
  'log of a sum: 3 U of itself, down to 1': async () => {
    const x = sums(1);
    const low = floatsFrom(COUNT, (i) => Math.SQRT1_2 + 1e-7 + (0.29 * i) / COUNT);
    const exactOf = (i: number) => Math.log(x[i]!);
    return [
      await hold('log', calls.logAccurate, { x }, exactOf, relative(3)),
      await hold('log of a sum', calls.logOf, { x }, exactOf, relative(3)),
      await hold(
        'log below 1',
        calls.logAccurate,
        { x: low },
        (i) => Math.log(low[i]!),
        relative(3),
      ),
    ].join('\n');
  },

  'log1p of a sum: 4 U of itself, down to 2⁻¹²⁵': async () => {
    const x = others(2);
    const exactOf = (i: number) => Math.log1p(x[i]!);
    return [
      await hold('log1p', calls.log1pAccurate, { x }, exactOf, relative(4)),
      await hold('log1p of a sum', calls.log1pOf, { x }, exactOf, relative(4)),
      await hold("log1p of a sum, 'high'", calls.log1pOfHigh, { x }, exactOf, relative(4)),
    ].join('\n');
  },

  "log of a sum in two parts, 'high': 2 U of itself": () => {
    const random = new Random(3);
    const x = sums(3);
    // No more than a rounding of the first part; beside a 1 of every size that is less.
    const rest = x.map((sum, i) => {
      const half = 2 ** (Math.floor(Math.log2(sum)) - 24);
      if (i % 8 === 0) x[i] = 1;
      return i % 8 === 0 ? 2 ** random.uniform(-60, -24) : half * random.uniform(-0.5, 1);
    });
    // A row's sum has the maximum's own 1.
    x.forEach((sum, i) => {
      if (sum === 1) rest[i] = Math.abs(rest[i]!);
    });
    const exactOf = (i: number) => Math.log1p(x[i]! - 1 + rest[i]!);
    return hold("log of a sum, 'high'", calls.logOfHigh, { x, rest }, exactOf, relative(2));
  },

  's·max + log Σ: 1½ ULP of the larger, and never infinite': async () => {
    const found = [];
    for (const scale of [1, 0.7, 3, 1e-30, 1e20]) {
      const s = Math.fround(scale);
      const random = new Random(scale);
      const top = everyExponent(4);
      for (let i = 0; i < COUNT; i += 64) top[i] = i % 128 ? FLT_MAX : -FLT_MAX;
      const x = floatsFrom(COUNT, () => random.uniform(0, 14));
      const clamped = (value: number) => Math.max(-FLT_MAX, Math.min(FLT_MAX, value));
      const exactOf = (i: number) => clamped(s * top[i]! + x[i]!);
      const allowed = (exact: number, i: number) =>
        U * (Math.abs(clamped(s * top[i]!)) * 0.5 + Math.abs(exact) * 0.5);
      const name = `above the maximum, scale ${scale}`;
      found.push(await hold(name, calls.aboveMax, { x, top }, exactOf, allowed, scaled({ scale })));
    }
    return found.join('\n');
  },

  'a product that stops at ±FLT_MAX': () => {
    const a = everyExponent(5);
    const b = everyExponent(6).map((_, i, all) => all[(i * 40_503) % COUNT]!);
    const exactOf = (i: number) => Math.max(-FLT_MAX, Math.min(FLT_MAX, a[i]! * b[i]!));
    // Where it stops it is a quotient's product: 2½ ULP, and a rounding.
    const allowed = (exact: number) => Math.abs(exact) * U * (Math.abs(exact) < 3.402e38 ? 0.5 : 3);
    return hold('saturating product', calls.saturatingProduct, { a, b }, exactOf, allowed);
  },
} satisfies PageTests;
