/** Random words, against the known answers of Philox's authors, the reference and integers. */
import { Random } from '../../conformance/random';
import { philox } from '../../src/reference';
import type { PageTests } from '../browser/page-tests';
import { calls } from './calls';
import { expectSame } from './errors';
import { run } from './function';
import { COUNT } from './inputs';

const hex = (words: Iterable<number>) => Array.from(words, (word) => word.toString(16)).join(' ');

/** The 64-bit integer of a pair of words, the upper first. */
const wide = (words: Uint32Array, i: number) =>
  (BigInt(words[2 * i]!) << 32n) | BigInt(words[2 * i + 1]!);

/** Of Random123, philox 4×32 with 10 rounds. */
const known = [
  { counter: [0, 0, 0, 0], seed: [0, 0], words: '6627e8d5 e169c58d bc57ac4c 9b00dbd8' },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    seed: [0xffffffff, 0xffffffff],
    words: '408f276d 41c83b0e a20bc7c6 6d5451fd',
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    seed: [0xa4093822, 0x299f31d0],
    words: 'd16cfe09 94fdcceb 5001e420 24126ea1',
  },
] as const;

/** Words at which something may carry, and random ones. */
const edges = [0, 1, 2, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export const tests = {
  'Philox: the known answers, and the reference’s words': async () => {
    const random = new Random(1);
    const word = () => (random.integer(8) ? random.bits() : edges[random.integer(edges.length)]!);
    const counter = Uint32Array.from({ length: 4 * COUNT }, word);
    const seed = Uint32Array.from({ length: 2 * COUNT }, word);
    known.forEach((answer, i) => {
      counter.set(answer.counter, 4 * i);
      seed.set(answer.seed, 2 * i);
    });
    const { words } = await run(calls.philox, { given: { counter, seed }, calls: COUNT });
    const wanted = (i: number): string => {
      const [a, b, c, d] = counter.subarray(4 * i, 4 * i + 4);
      return hex(philox([a!, b!, c!, d!], [seed[2 * i]!, seed[2 * i + 1]!]));
    };
    const found = (i: number) => hex(words!.subarray(4 * i, 4 * i + 4));
    const describe = (i: number) => `${found(i)}, not ${wanted(i)}`;
    return [
      expectSame('known answers', known.length, (i) => found(i) === known[i]!.words, describe),
      expectSame('the reference’s words', COUNT, (i) => found(i) === wanted(i), describe),
    ].join('\n');
  },

  'both halves of a product of words': async () => {
    const random = new Random(2);
    const a = Uint32Array.from({ length: COUNT }, (_, i) => edges[i % 16] ?? random.bits());
    const b = Uint32Array.from(a, (_, i) => edges[(i >> 4) % 16] ?? random.bits());
    const { halves } = await run(calls.wordProduct, { given: { a, b }, calls: COUNT });
    return expectSame(
      'products of words',
      COUNT,
      (i) => wide(halves!, i) === BigInt(a[i]!) * BigInt(b[i]!),
      (i) => `${a[i]} · ${b[i]}: ${hex(halves!.subarray(2 * i, 2 * i + 2))}`,
    );
  },

  'a choice is that of integers, and nothing of weight 0 is chosen': async () => {
    const random = new Random(3);
    // One in four is 0; the others are of any size below the largest, 1 … 4096.
    const weights = Float32Array.from({ length: 4 * COUNT }, () =>
      random.integer(4) ? 2 ** random.uniform(-70, 12) : 0,
    );
    const words = Uint32Array.from({ length: 2 * COUNT }, () =>
      random.integer(8) ? random.bits() : edges[random.integer(edges.length)]!,
    );
    for (let i = 0; i < COUNT; i++) weights[4 * i + random.integer(4)] = 2 ** random.integer(13);
    const given = { weights, random: words };
    const { sums, chosen_out: chosen } = await run(calls.choice, { given, calls: COUNT });
    /** Of a call: the sum of its weights as integers, and the one the words choose. */
    const expected = (i: number): { sum: bigint; index: number } => {
      const own = [...weights.subarray(4 * i, 4 * i + 4)];
      const bound = own.reduce((a, b) => Math.fround(a + b));
      const unit = 2 ** (61 - Math.floor(Math.log2(Math.max(1, bound))));
      const integers = own.map((weight) => BigInt(Math.floor(weight * unit)));
      const sum = integers.reduce((a, b) => a + b);
      const [upper, lower] = [BigInt(words[2 * i]!), BigInt(words[2 * i + 1]!)];
      const [high, low] = [sum >> 32n, sum & 0xffffffffn];
      const goal = upper * high + ((upper * low) >> 32n) + ((lower * high) >> 32n);
      let passed = 0n;
      let index = -1;
      integers.forEach((integer, k) => {
        if (integer > 0n && passed <= goal) index = k;
        passed += integer;
      });
      return { sum, index };
    };
    return expectSame(
      'choices',
      COUNT,
      (i) => {
        const { sum, index } = expected(i);
        return wide(sums!, i) === sum && chosen![i] === index;
      },
      (i) => `${weights.subarray(4 * i, 4 * i + 4)}: ${chosen![i]}, not ${expected(i).index}`,
    );
  },

  'each candidate of a tail is chosen as often as it should be': async () => {
    // A tail of 63 at e^−20.5: evenly spaced numbers over its share of 0 … 1 choose each as often.
    const weight = new Float32Array(COUNT).fill(Math.exp(-20.5));
    const unit = 2 ** 55;
    const [one, other] = [BigInt(unit), BigInt(weight[0]! * unit)];
    const total = one + 63n * other;
    const words = new Uint32Array(2 * COUNT);
    for (let i = 0; i < COUNT; i++) {
      const goal = one + ((2n * BigInt(i) + 1n) * 63n * other) / BigInt(2 * COUNT);
      const fraction = (goal << 64n) / total;
      words[2 * i] = Number(fraction >> 32n);
      words[2 * i + 1] = Number(fraction & 0xffffffffn);
    }
    const given = { weight, random: words };
    const { chosen_out: chosen } = await run(calls.tailChoice, { given, calls: COUNT });
    const counts = new Uint32Array(64);
    for (const k of chosen!) counts[k]!++;
    const fair = COUNT / 63;
    return expectSame(
      'candidates of a tail',
      64,
      (k) => (k === 0 ? counts[k] === 0 : Math.abs(counts[k]! - fair) <= 2),
      (k) => `candidate ${k}: ${counts[k]} times, not ${fair}`,
    );
  },
} satisfies PageTests;
