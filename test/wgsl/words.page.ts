/** Random words, against the known answers of Philox's authors, the reference and integers. */
import { Random } from '../../conformance/random';
import { philox } from '../../src/reference';
import type { PageTests } from '../browser/page-tests';
import { calls } from './calls';
import { expectSame } from './errors';
import { floats, run } from './function';
import { COUNT } from './inputs';

const hex = (words: Iterable<number>) => Array.from(words, (word) => word.toString(16)).join(' ');

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

  'both halves of a product of words, and words as numbers of 0 … 1': async () => {
    const random = new Random(2);
    const a = Uint32Array.from({ length: COUNT }, (_, i) => edges[i % 16] ?? random.bits());
    const b = Uint32Array.from(a, (_, i) => edges[(i >> 4) % 16] ?? random.bits());
    const { halves, unit } = await run(calls.wordMaths, { given: { a, b }, calls: COUNT });
    const units = floats(unit!);
    return expectSame(
      'products of words',
      COUNT,
      (i) => {
        const product = BigInt(a[i]!) * BigInt(b[i]!);
        const isProduct =
          BigInt(halves![2 * i]!) === product >> 32n &&
          BigInt(halves![2 * i + 1]!) === (product & 0xffffffffn);
        return isProduct && units[i] === (a[i]! >>> 8) / 2 ** 24 && units[i]! < 1;
      },
      (i) => `${a[i]} · ${b[i]}: ${hex(halves!.subarray(2 * i, 2 * i + 2))}; ${units[i]}`,
    );
  },
} satisfies PageTests;
