/** What is done by integers: kinds of numbers, their order, halves. All of it is exact. */
import { sharedDevice } from '../../conformance/engine';
import { Random } from '../../conformance/random';
import type { PageTests } from '../browser/page-tests';
import { calls, type RowFiles } from './calls';
import { expectSame } from './errors';
import { floats, run, scaled } from './function';
import { bitsOf, COUNT, everyPattern, FLT_MAX } from './inputs';

const rowFiles: readonly RowFiles[] = ['one', 'four'];
const hex = (bits: number) => `0x${bits.toString(16).padStart(8, '0')}`;
const isNan = (bits: number) => (bits & 0x7fffffff) > 0x7f800000;
const isFinite32 = (bits: number) => (bits & 0x7f800000) !== 0x7f800000;

/** An f32 as a finite one: infinities and NaNs are ±FLT_MAX, by their signs. */
function finite(bits: number): number {
  const sign = bits >>> 31 ? -1 : 1;
  return isFinite32(bits) ? floats(Uint32Array.of(bits))[0]! : sign * FLT_MAX;
}

/** Rows of 16 elements (4 where a quad is of four rows): quads that are ordinary but for a few, of every kind. */
function rowsOfPatterns(seed: number): Uint32Array<ArrayBuffer> {
  const random = new Random(seed);
  const special = [
    0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff,
    0x7f7fffff, 0xff7fffff, 0, 0x80000000, 1, 0x80000001,
  ];
  const logit = new Float32Array(1);
  return Uint32Array.from({ length: COUNT }, (_, i) => {
    const kind = (i >> 4) % 8;
    if (kind === 0) return 0xff800000;
    if (kind === 1) return special[random.integer(2) ? 1 : random.integer(special.length)]!;
    if (kind === 2) return random.bits();
    if (kind < 6 && random.integer(12) === 0) return special[random.integer(special.length)]!;
    const [low, high] = kind === 3 ? [-90, -1] : kind === 7 ? [-300, 90] : [-90, 90];
    logit[0] = random.uniform(low, high);
    return bitsOf(logit)[0]!;
  });
}

/** The number of an invocation's row that an element is of, four quads to an invocation. */
const rowOf = (i: number, rows: RowFiles) => (rows === 'one' ? i >> 4 : 4 * (i >> 4) + (i % 4));

const [EMPTY, FINITE, HAS_INF, HAS_NAN] = [0, 1, 2, 3];

/** The nearest half of a number, ties to even, by float64 arithmetic. */
function nearestHalf(value: number): number {
  if (value === 0 || Math.abs(value) === Infinity) return value;
  const size = Math.abs(value);
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10);
  const steps = size / step;
  const below = Math.floor(steps);
  const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1);
  const rounded = (below + (up ? 1 : 0)) * step;
  return Math.sign(value) * (rounded >= 65_536 ? Infinity : rounded);
}

/** What a half is, by its bits. */
function valueOfHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent
    ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
    : sign * fraction * 2 ** -24;
}

async function narrowed(conversion: 'integer' | 'native' | 'typed'): Promise<string> {
  const { narrowInteger, narrowNative, narrowTyped } = calls;
  const call = { integer: narrowInteger, native: narrowNative, typed: narrowTyped }[conversion];
  const patterns = everyPattern(9);
  // The exponents that halves have, more often; each four of a kind, then four of several.
  const random = new Random(10);
  const x = patterns.map((bits, i) => {
    const exponent = 96 + ((i >> 2) % 54);
    const inRange = ((bits & 0x807fffff) | (exponent << 23)) >>> 0;
    return i % 8 < 6 && i > 1 << 14 ? inRange : random.integer(2) ? bits : patterns[COUNT - 1 - i]!;
  });
  const { y } = await run(call, { given: { x }, calls: COUNT / 4 });
  const found = new Uint16Array(y!.buffer);
  const values = floats(x);
  return expectSame(
    `to halves, ${conversion}`,
    COUNT,
    (i) => {
      const half = valueOfHalf(found[i]!);
      return Object.is(half, isNan(x[i]!) ? Number.NaN : nearestHalf(values[i]!));
    },
    (i) => `${hex(x[i]!)} (${values[i]}): ${hex(found[i]!)}, not ${nearestHalf(values[i]!)}`,
  );
}

export const tests = {
  'numbers that are not finite become ±FLT_MAX': async () => {
    const lines = [];
    const x = everyPattern(1);
    for (const [call, rows] of [
      [calls.finite, 'one'],
      [calls.finiteRow, 'one'],
      [calls.finiteRow, 'four'],
    ] as const) {
      const each = call === calls.finite || rows === 'four' ? 4 : 1;
      const found = await run(call, { given: { x }, calls: COUNT / each, rows });
      const wanted = (i: number) =>
        isFinite32(x[i]!) ? x[i]! : x[i]! >>> 31 ? 0xff7fffff : 0x7f7fffff;
      lines.push(
        expectSame(
          'finite',
          COUNT,
          (i) => found.y![i] === wanted(i) && found.special_![i] === (isFinite32(x[i]!) ? 0 : 1),
          (i) => `${hex(x[i]!)}: ${hex(found.y![i]!)}, special ${found.special_![i]}`,
        ),
      );
    }
    return lines.join('\n');
  },

  'a row’s maximum, its lowest element and its kind': async () => {
    const lines = [];
    for (const rows of rowFiles) {
      const x = rowsOfPatterns(2);
      const params = scaled({});
      const found = await run(calls.classify, { given: { x }, calls: COUNT / 16, params, rows });
      const [top, kind, lowest] = [floats(found.top!), floats(found.kind!), floats(found.lowest!)];
      const count = top.length;
      const tops = new Float64Array(count).fill(-FLT_MAX);
      const lows = new Float64Array(count).fill(FLT_MAX);
      const kinds = new Uint8Array(count).fill(EMPTY);
      const far = new Uint8Array(COUNT / 16);
      for (let i = 0; i < COUNT; i++) {
        const row = rowOf(i, rows);
        const value = finite(x[i]!);
        lows[row] = Math.min(lows[row]!, value);
        if (x[i] !== 0xff800000) tops[row] = Math.max(tops[row]!, value);
        const own = isNan(x[i]!)
          ? HAS_NAN
          : x[i] === 0x7f800000
            ? HAS_INF
            : x[i] === 0xff800000
              ? EMPTY
              : FINITE;
        kinds[row] = Math.max(kinds[row]!, own!);
      }
      for (let i = 0; i < COUNT; i++) {
        const row = rowOf(i, rows);
        if (!isFinite32(x[i]!) || tops[row]! - finite(x[i]!) > 200) far[i >> 4] = 1;
      }
      const plain = found.is_plain_!.reduce((sum, is) => sum + is, 0);
      if (plain === 0 || kinds.every((kind) => kind !== EMPTY)) {
        throw new Error('no row is plain, or none is empty');
      }
      lines.push(
        expectSame(
          `kinds of rows (${rows})`,
          count,
          (row) => {
            if (kind[row] !== kinds[row]) return false;
            // Of a row with a NaN nobody asks for the maximum.
            if (kinds[row] === HAS_NAN) return true;
            return top[row] === tops[row] && lowest[row] === lows[row];
          },
          (row) =>
            `row ${row}: kind ${kind[row]}, ${lowest[row]} … ${top[row]}; it should be kind ${kinds[row]}, ${lows[row]} … ${tops[row]}`,
        ),
        expectSame(
          `plain rows (${rows}), ${plain} of them`,
          COUNT / 16,
          (call) => found.is_plain_![call] === (far[call] ? 0 : 1),
          (call) => `rows of invocation ${call}: plain ${found.is_plain_![call]}, far ${far[call]}`,
        ),
      );
    }
    return lines.join('\n');
  },

  'keys order as elements do, and are elements again': async () => {
    const x = everyPattern(3);
    const found = await run(calls.keys, { given: { x }, calls: COUNT / 4 });
    const keys = new Int32Array(found.key!.buffer);
    const value = floats(found.value!);
    const numbers = floats(x);
    // By value, with NaN above all: neighbours' keys are in the same order.
    const order = Uint32Array.from(x.keys()).sort((i, j) => {
      const [a, b] = [numbers[i]!, numbers[j]!];
      if (isNan(x[i]!) || isNan(x[j]!)) return Number(isNan(x[i]!)) - Number(isNan(x[j]!));
      return a < b ? -1 : a > b ? 1 : 0;
    });
    const isOrdered = (at: number) => {
      const [i, j] = [order[at]!, order[at + 1]!];
      const equal = numbers[i] === numbers[j] || (isNan(x[i]!) && isNan(x[j]!));
      return equal ? keys[i] === keys[j] : keys[i]! < keys[j]!;
    };
    const back = (i: number) => (isNan(x[i]!) ? 0x7fc00000 : x[i] === 0x80000000 ? 0 : x[i]!);
    const describe = (i: number) =>
      `${hex(x[i]!)}: key ${keys[i]}, back ${hex(found.back![i]!)}, ${value[i]}, finite ${found.finite_![i]}`;
    return [
      expectSame('order of keys', COUNT - 1, isOrdered, (at) =>
        [order[at]!, order[at + 1]!].map(describe).join(' and '),
      ),
      expectSame(
        'elements of keys',
        COUNT,
        (i) =>
          found.back![i] === back(i) &&
          Object.is(value[i], finite(back(i))) &&
          found.finite_![i] === (isFinite32(x[i]!) ? 1 : 0),
        describe,
      ),
    ].join('\n');
  },

  'the largest key of a row': async () => {
    const x = rowsOfPatterns(4);
    const { key, largest_ } = await run(calls.largestKey, { given: { x }, calls: COUNT / 16 });
    if (new Set(key).size < COUNT / 64) throw new Error('the largest keys are few');
    const isRight = (row: number) => key![row] === largest_![row];
    return expectSame('the largest key', COUNT / 16, isRight, (row) => {
      const elements = Array.from(x.subarray(16 * row, 16 * row + 16), hex);
      return `${elements}: ${key![row]}, not ${largest_![row]}`;
    });
  },

  'halves of any f32, by integers': () => narrowed('integer'),
  'halves of any f32, by the device’s own instruction': () => narrowed('native'),
  'halves of any f32, by the type where there is one': async () => {
    const device = await sharedDevice();
    return device.features.has('shader-f16') ? narrowed('typed') : 'no type f16 here';
  },
} satisfies PageTests;
