/** Sums of a row's terms, and products of matrices, against float64 and integers. */
import { Random } from '../../conformance/random';
import type { PageTests } from '../browser/page-tests';
import { calls, type RowFiles } from './calls';
import { Errors, expectSame } from './errors';
import { type Call, floats, run, scaled } from './function';
import { bitsOf, COUNT, floatsFrom, U } from './inputs';

const rowFiles: readonly RowFiles[] = ['one', 'four'];
/** Quads that an invocation adds up: 16 blocks, the most that any does. */
const TERMS = 1024;
const ELEMENTS = 4 * TERMS;
const CALLS = COUNT / ELEMENTS;
const KINDS = 8;

type Floats = Float32Array<ArrayBuffer>;

/** Terms of 0 … 1 as rows have them: each invocation's are of a kind. */
function exponentials(seed: number): Floats {
  const random = new Random(seed);
  const equal = floatsFrom(CALLS, () => Math.exp(random.uniform(-16, 0)));
  return floatsFrom(COUNT, (i) => {
    const call = Math.floor(i / ELEMENTS);
    const at = i % ELEMENTS;
    switch (call % KINDS) {
      case 0:
        return equal[call]!;
      case 1:
        return random.uniform();
      case 2:
        return Math.exp(random.uniform(-80, 0));
      case LONE:
        return at === 0 ? 1 : Math.exp(-12) * random.uniform();
      case 4:
        // Less than what is added apart.
        return 2 ** -22 * random.uniform(0.5, 1);
      case 5:
        return Math.exp((-20 * at) / ELEMENTS);
      case 6:
        return 1;
      default:
        return at % 97 === 0 ? random.uniform() : 2 ** -21 * random.uniform();
    }
  });
}

/** Which rows' sums the terms of an element join: the invocation's, or that of its place in the quad. */
const rowOf = (i: number, rows: RowFiles) =>
  rows === 'one' ? Math.floor(i / ELEMENTS) : 4 * Math.floor(i / ELEMENTS) + (i % 4);
const rowsOf = (rows: RowFiles) => (rows === 'one' ? CALLS : 4 * CALLS);

/** Each row's sum in float64, with the roundings carried along. */
function exactSums(rows: RowFiles, term: (i: number) => number): Float64Array {
  const sums = new Float64Array(rowsOf(rows));
  const rests = new Float64Array(sums.length);
  for (let i = 0; i < COUNT; i++) {
    const row = rowOf(i, rows);
    const value = term(i);
    const sum = sums[row]! + value;
    const ofValue = sum - sums[row]!;
    rests[row]! += sums[row]! - (sum - ofValue) + (value - ofValue);
    sums[row] = sum;
  }
  return sums.map((sum, row) => sum + rests[row]!);
}

/**
 * Half a U for every addition on the way of a term: 8 to a chain, 8 chains to a block, 16 blocks. A
 * term that outweighs all others of its row may come to this, where the others are alike and are
 * rounded the same way; the 3 U of docs/numerics.md are too few for it.
 */
const ON_ITS_WAY = (8 + 8 + TERMS / 64) / 2;
const LONE = 3;
const fewUnits = (e: Floats) => (i: number) =>
  e[i]! * (Math.floor(i / ELEMENTS) % KINDS === LONE ? ON_ITS_WAY : 3);

/** Holds sums to 3 U of their terms' absolute values, or to another bound. */
function hold(
  name: string,
  rows: RowFiles,
  found: (row: number) => number,
  term: (i: number) => number,
  allowed: (i: number) => number = (i) => 3 * Math.abs(term(i)),
): string {
  const errors = new Errors(`${name} (${rows})`);
  const exact = exactSums(rows, term);
  const bounds = exactSums(rows, allowed);
  exact.forEach((sum, row) => {
    errors.take(found(row), sum, bounds[row]! * U, () => `row ${row}`);
  });
  return errors.done();
}

/** 'high': 0.1 U of the sum, and 2 of what is less than whole units of 2⁻²¹: chains of equal terms. */
const closely = (e: Floats) => (i: number) => 0.1 * e[i]! + 2 * (e[i]! % 2 ** -21);

async function ofExponentials(name: string, call: Call): Promise<string> {
  const e = exponentials(1);
  const found = [];
  for (const rows of rowFiles) {
    const bits = await run(call, { given: { e }, calls: CALLS, params: { terms: TERMS }, rows });
    const [first, second] = [floats(bits.total ?? bits.first!), bits.second && floats(bits.second)];
    const sum = (row: number) => first[row]! + (second?.[row] ?? 0);
    found.push(hold(name, rows, sum, (i) => e[i]!, second ? closely(e) : fewUnits(e)));
  }
  return found.join('\n');
}

async function ofTargets(name: string, call: Call): Promise<string> {
  const random = new Random(2);
  const e = exponentials(3);
  const t_of = floatsFrom(COUNT, (i) => (i % 3 ? random.uniform() : random.uniform(-1, 1)));
  const d = floatsFrom(COUNT, () => random.uniform(0, 40));
  const given = { e, d, t_of };
  const found = [];
  for (const rows of rowFiles) {
    const bits = await run(call, { given, calls: CALLS, params: { terms: TERMS }, rows });
    const [first, second] = [floats(bits.total ?? bits.first!), bits.second && floats(bits.second)];
    const sum = (row: number) => first[row]! + (second?.[row] ?? 0);
    const [distance, t] = [floats(bits.distance!), floats(bits.t!)];
    const troubles = floats(bits.troubles!);
    const counts = exactSums(rows, (i) => (d[i]! > Math.fround(39.9) ? 1 : 0));
    found.push(
      hold(name, rows, sum, (i) => e[i]!, second ? closely(e) : fewUnits(e)),
      hold(
        `${name}: targets`,
        rows,
        (row) => t[row]!,
        (i) => t_of[i]!,
      ),
      hold(
        `${name}: distances`,
        rows,
        (row) => distance[row]!,
        (i) => d[i]!,
      ),
      expectSame(
        `${name}: trouble (${rows})`,
        counts.length,
        (row) => troubles[row] === counts[row],
        (row) => `row ${row}: ${troubles[row]}, not ${counts[row]}`,
      ),
    );
  }
  return found.join('\n');
}

/** 4 × 4 products of integers are exact; those of others within e(32)·U of Σ |a·b|. */
async function squares(depths: 1 | 4): Promise<string> {
  const count = 32 / depths;
  const squares = 2048;
  const size = 16 * (32 / 4) * squares;
  const random = new Random(depths);
  const call = depths === 4 ? calls.four : calls.one;
  const integers = () => floatsFrom(size, () => random.integer(1024) - 512);
  const others = () => floatsFrom(size, () => random.normal() * 2 ** (random.integer(40) - 20));
  const lines = [];
  for (const [kind, make] of [
    ['integers', integers],
    ['f32 numbers', others],
  ] as const) {
    const [a, b] = [make(), make()];
    const options = { given: { a, b }, calls: squares, params: { terms: count } };
    const c = floats((await run(call, options)).c!);
    const errors = new Errors(`squares of ${kind}, ${depths} at a time`);
    for (let at = 0; at < 16 * squares; at++) {
      const [square, row, column] = [at >> 4, (at >> 2) & 3, at & 3];
      let [sum, sizes] = [0, 0];
      for (let l = 0; l < 32; l++) {
        // Of A four rows' depths, of B four depths' columns.
        const from = 4 * depths * (square * count + Math.floor(l / depths));
        const inA = depths === 4 ? 4 * row + (l % 4) : row;
        const inB = depths === 4 ? 4 * (l % 4) + column : column;
        const product = a[from + inA]! * b[from + inB]!;
        sum += product;
        sizes += Math.abs(product);
      }
      const bound = kind === 'integers' ? 0 : 16.5 * U * sizes;
      errors.take(c[at]!, sum, bound, () => `square ${square}, ${row}, ${column}`);
    }
    lines.push(errors.done());
  }
  return lines.join('\n');
}

const lines = async (parts: readonly Promise<string>[]) => (await Promise.all(parts)).join('\n');

export const tests = {
  'sums of exponentials: 3 U, but for a lone large term': () =>
    lines([
      ofExponentials('sum of exp', calls.sumOfExp),
      ofExponentials('sum of the other classes', calls.sumOfOthers),
    ]),

  "sums of exponentials, 'high': 0.1 U, and 2 of what is less than units of 2⁻²¹": () =>
    lines([
      ofExponentials("sum of exp, 'high'", calls.sumOfExpHigh),
      ofExponentials("sum of the other classes, 'high'", calls.sumOfOthersHigh),
    ]),

  'sums of exponentials and of targets': () =>
    lines([
      ofTargets('sum of exp and targets', calls.sumsOfTargets),
      ofTargets("sum of exp and targets, 'high'", calls.sumsOfTargetsHigh),
    ]),

  'sums of products, and what poisons them': async () => {
    const random = new Random(4);
    const y = floatsFrom(COUNT, () => random.uniform());
    const v = floatsFrom(COUNT, () => random.normal());
    // Every third row has an element that is not finite, which its sum leaves out.
    const special = [Infinity, -Infinity, Number.NaN];
    const lines = [];
    for (const rows of rowFiles) {
      const [y_of, v_of] = [y.slice(), v.slice()];
      for (let row = 0; row < rowsOf(rows); row += 3) {
        const at =
          ELEMENTS * Math.floor(rows === 'one' ? row : row / 4) + 4 * random.integer(TERMS);
        const i = rows === 'one' ? at + random.integer(4) : at + (row % 4);
        (row % 2 ? y_of : v_of)[i] = special[(row / 3) % 3]!;
      }
      const given = { y_of: bitsOf(y_of), v_of: bitsOf(v_of) };
      const options = { given, calls: CALLS, params: { terms: TERMS }, rows };
      const bits = await run(calls.sumOfProducts, options);
      const [total, poison] = [floats(bits.total!), floats(bits.poison!)];
      const errors = new Errors(`sum of products (${rows})`);
      const products = (i: number) => y[i]! * v[i]!;
      const exact = exactSums(rows, products);
      // The products' own ½ U besides.
      const sizes = exactSums(rows, (i) => 3.5 * Math.abs(products(i)));
      exact.forEach((sum, row) => {
        if (row % 3) errors.take(total[row]!, sum, sizes[row]! * U, () => `row ${row}`);
      });
      lines.push(
        errors.done(),
        expectSame(
          `poisoned rows (${rows})`,
          poison.length,
          (row) => poison[row] === (row % 3 ? 0 : 1),
          (row) => `row ${row}: ${poison[row]}`,
        ),
      );
    }
    return lines.join('\n');
  },

  'sums of a block and of chunks, each below its maximum': async () => {
    const lines = [];
    for (const scale of [1, 0.7, 3]) {
      const s = Math.fround(scale);
      const slope = scale === 1 ? 0.5 : 1;
      const random = new Random(scale);
      const top = floatsFrom(COUNT / 64, () => random.uniform(-100, 100));
      const x = floatsFrom(COUNT, (i) => {
        if (i % 64 === 0) return top[i / 64]!;
        return i % 7 ? top[i >> 6]! - (20 * random.uniform() ** 2) / scale : -Infinity;
      });
      const params = { ...scaled({ scale }), length: COUNT };
      const given = { x: bitsOf(x), top };
      const { y } = await run(calls.sumOfBlock, { given, calls: COUNT / 64, params });
      const blocks = floats(y!);
      const ofBlocks = new Errors(`sum of a block, scale ${scale}`);
      blocks.forEach((actual, block) => {
        let [sum, bound] = [0, 0];
        for (let i = 64 * block; i < 64 * block + 64; i++) {
          if (x[i] === -Infinity) continue;
          const t = s * (x[i]! - top[block]!);
          sum += Math.exp(t);
          bound += (6 + (2 + slope) * -t) * Math.exp(t);
        }
        ofBlocks.take(actual, sum, bound * U, () => `block ${block}`);
      });

      const chunks = 37;
      const tops = floatsFrom(2048, () => random.uniform(-100, 100));
      const chunk_sums = floatsFrom(2 * chunks * 2048, (i) => {
        if (i % 2) return random.uniform(1, 4096);
        return tops[Math.floor(i / 2 / chunks)]! - (30 * random.uniform() ** 2) / scale;
      });
      const found = await run(calls.sumOfChunks, {
        given: { chunk_sums, top: tops },
        calls: 2048,
        params: { ...params, chunks },
      });
      const ofChunks = new Errors(`sum of chunks, scale ${scale}`);
      floats(found.y!).forEach((actual, row) => {
        let [sum, bound] = [0, 0];
        for (let i = row * chunks; i < (row + 1) * chunks; i++) {
          const t = s * (chunk_sums[2 * i]! - tops[row]!);
          const term = chunk_sums[2 * i + 1]! * Math.exp(t);
          sum += term;
          bound += (5.5 + slope * -t) * term;
        }
        ofChunks.take(actual, sum, bound * U, () => `row ${row}`);
      });
      lines.push(ofBlocks.done(), ofChunks.done());
    }
    return lines.join('\n');
  },

  'squares of 4 × 4, a chain of 32 depths': () => lines([squares(4), squares(1)]),
} satisfies PageTests;
