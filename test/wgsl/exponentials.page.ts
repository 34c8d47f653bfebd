/** Exponentials, differences from the maximum, and what merges parts, against float64. */
import { Random } from '../../conformance/random';
import type { PageTests } from '../browser/page-tests';
import { calls, type RowFiles } from './calls';
import { Errors, expectSame } from './errors';
import { type Call, floats, run, scaled } from './function';
import { bitsOf, COUNT, everyExponent, FLT_MAX, floatsFrom, inFours, U } from './inputs';

const f32 = Math.fround;
const rowFiles: readonly RowFiles[] = ['one', 'four'];

/** Elements and their rows' maxima, of which each stands beside its four elements. */
interface Logits {
  readonly x: Float32Array<ArrayBuffer>;
  readonly top: Float32Array<ArrayBuffer>;
}

/** Distances from the maximum of 0 … `far` after the scale: spread evenly, small ones of every size, and 0. */
function distances(seed: number, far: number): Float32Array {
  const random = new Random(seed);
  return floatsFrom(COUNT, (i) => {
    if (i % 64 === 0) return 0;
    if (i % 8 === 1) return 2 ** random.uniform(-30, Math.log2(far));
    return (far * (i + random.uniform())) / COUNT;
  });
}

/** Elements at distances from maxima of all sizes that leave room for them. */
function logitsAt(seed: number, scale: number, far: number): Logits {
  const random = new Random(seed);
  const distance = distances(seed, far);
  const sizes = [0, 1e-3, 1, 8, 80, 1000, 1e5, 1e7, 1e9];
  const top = floatsFrom(COUNT / 4, (quad) => {
    const size = sizes[quad % sizes.length]! * random.uniform(-1, 1);
    return Math.min(FLT_MAX, Math.max(-FLT_MAX, size / scale));
  });
  const x = floatsFrom(COUNT, (i) =>
    Math.max(-FLT_MAX, top[i >> 2]! - distance[(i * 40_503) % COUNT]! / scale),
  );
  return { x, top };
}

/** As they are bound: an invocation has a quad of one row, or one element of each of four. */
const bound = ({ x, top }: Logits, rows: RowFiles) =>
  rows === 'one' ? { x, top } : { x: inFours(x), top: inFours(x.map((_, i) => top[i >> 2]!)) };

/** The largest error of exponentials below their maximum. */
async function belowMax(
  name: string,
  call: Call,
  { scale, far, bound: allowed }: { scale: number; far: number; bound: (d: number) => number },
): Promise<string> {
  const logits = logitsAt(COUNT + scale, scale, far);
  const s = f32(scale);
  const errors = new Errors(`${name}, scale ${scale}`);
  for (const rows of rowFiles) {
    const given = bound(logits, rows);
    const found = await run(call, {
      given: { x: bitsOf(given.x), top: given.top },
      calls: COUNT / 4,
      params: scaled({ scale }),
      rows,
    });
    const y = floats(found.y!);
    for (let i = 0; i < COUNT; i++) {
      const top = given.top[rows === 'one' ? i >> 2 : i]!;
      const t = s * (given.x[i]! - top);
      const exact = Math.exp(t);
      const describe = () => `x ${given.x[i]}, max ${top} (${rows})`;
      errors.take(y[i]!, exact, allowed(-t) * U * exact, describe);
    }
  }
  return errors.done();
}

/** The slope of the difference's error: ½, and ½ more for a product with the scale. */
const slope = (scale: number) => (scale === 1 ? 0.5 : 1);

const defaultScales = [1, 0.7, 3, 2 ** -20, 1e-30];
const highScales = [...defaultScales, 1e20, 2 ** 100];

const lines = async (parts: readonly Promise<string>[]) => (await Promise.all(parts)).join('\n');

/** Rows with numbers that are special, or so far off that the distance overflows. */
async function farAndSpecial(name: string, call: Call): Promise<string> {
  const tops = [FLT_MAX, 1e38, 3e30, 1, 0, -1, -3e30, -FLT_MAX];
  const values = [-Infinity, -FLT_MAX, -1e38, -3e30, -250, -1, -1e-40, 0, 1e-40, 1, 3e30, 1e38];
  const pairs = tops.flatMap((top) =>
    [...values, FLT_MAX].flatMap((x) => (x <= top ? [{ x, top: f32(top) }] : [])),
  );
  const given = {
    x: bitsOf(floatsFrom(4 * pairs.length, (i) => pairs[i >> 2]!.x)),
    top: floatsFrom(pairs.length, (i) => pairs[i]!.top),
  };
  const { y } = await run(call, { given, calls: pairs.length, params: scaled({}) });
  const results = floats(y!);
  const isRight = (i: number) => {
    const { x, top } = pairs[i >> 2]!;
    const exact = x === -Infinity ? 0 : Math.exp(f32(x) - top);
    return (
      Math.abs(results[i]! - exact) <= Math.max(6 * U * exact, exact < 2 ** -126 ? 2 ** -126 : 0)
    );
  };
  const describe = (i: number) => {
    const { x, top } = pairs[i >> 2]!;
    return `x ${x}, max ${top}: ${results[i]}`;
  };
  return expectSame(`${name}, far and special`, results.length, isRight, describe);
}

/** Sums of parts below the row's maximum: what `make` computes of a sum and the distance. */
async function parts(
  name: string,
  call: Call,
  {
    scale,
    far = 86,
    rows: kinds = rowFiles,
  }: { scale: number; far?: number; rows?: readonly RowFiles[] },
  exactOf: (sum: number, e: number) => number,
  allowed: (d: number) => number,
): Promise<string> {
  const { x, top } = logitsAt(7, scale, far);
  // Beside a large maximum elements are rounded to others farther down.
  x.forEach((value, i) => {
    if (f32(scale) * (top[i >> 2]! - value) > far) x[i] = top[i >> 2]!;
  });
  const tops = x.map((_, i) => top[i >> 2]!);
  const sum = everyExponent(8, { low: 0, high: 20, signed: false });
  const errors = new Errors(`${name}, scale ${scale}`);
  for (const rows of kinds) {
    const calls = rows === 'one' ? COUNT : COUNT / 4;
    const given = { sum, part: x, top: tops };
    const found = await run(call, { given, calls, params: scaled({ scale }), rows });
    const first = floats(found.y ?? found.first!);
    const second = found.second && floats(found.second);
    for (let i = 0; i < COUNT; i++) {
      const t = f32(scale) * (x[i]! - tops[i]!);
      const exact = exactOf(sum[i]!, Math.exp(t));
      const describe = () => `sum ${sum[i]}, part ${x[i]}, max ${tops[i]} (${rows})`;
      const actual = first[i]! + (second?.[i] ?? 0);
      errors.take(actual, exact, allowed(-t) * U * exact, describe);
    }
  }
  return errors.done();
}

/** Functions of one f32. */
async function ofOne(
  name: string,
  call: Call,
  x: Float32Array<ArrayBuffer>,
  exactOf: (x: number) => number,
  allowed: (x: number, exact: number) => number,
): Promise<string> {
  const errors = new Errors(name);
  for (const rows of rowFiles) {
    const calls = rows === 'one' && call.reads.x === 'RowF32' ? x.length : x.length / 4;
    const y = floats((await run(call, { given: { x }, calls, rows })).y!);
    for (let i = 0; i < x.length; i++) {
      const exact = exactOf(x[i]!);
      errors.take(y[i]!, exact, allowed(x[i]!, exact), () => `${x[i]} (${rows})`);
    }
  }
  return errors.done();
}

/** t = s·(x − max), stopped at −FLT_MAX twice: before the scale and after. */
async function differences(
  name: string,
  call: Call,
  scale: number,
  { guards = true, part = 1 }: { guards?: boolean; part?: number } = {},
): Promise<string> {
  const logits = logitsAt(11, scale, guards ? 3e38 * Math.min(1, scale) : 1e4);
  // Neighbours of the maximum, where all that differs is the last bit.
  const { x, top } = logits;
  if (guards) {
    for (let i = 0; i < COUNT; i += 16) {
      top[i >> 2] = i % 32 ? FLT_MAX : 1e38;
      x[i + 1] = -FLT_MAX;
      x[i + 2] = f32(-1e38);
      for (let k = 0; k < 4; k++) x[i + k] = Math.min(x[i + k]!, top[i >> 2]!);
    }
  }
  const errors = new Errors(`${name}, scale ${scale}`);
  const scalar = call.reads.x === 'RowF32';
  for (const rows of rowFiles) {
    const given = scalar ? { x, top: x.map((_, i) => top[i >> 2]!) } : bound(logits, rows);
    const calls = scalar && rows === 'one' ? COUNT : COUNT / 4;
    const y = floats((await run(call, { given, calls, params: scaled({ scale }), rows })).y!);
    for (let i = 0; i < COUNT; i++) {
      const peak = given.top[given.top.length === COUNT ? i : i >> 2]!;
      const d = Math.max(given.x[i]! - peak, -FLT_MAX);
      const t = Math.max(f32(scale) * d, -FLT_MAX);
      const allowed = slope(scale) * U * Math.abs(t * part);
      const describe = () => `x ${given.x[i]}, max ${peak} (${rows})`;
      errors.take(y[i]!, t * part, allowed, describe);
    }
  }
  return errors.done();
}

export const tests = {
  'exp below the maximum: 3 + c·d U': () =>
    lines(
      defaultScales.map((scale) =>
        belowMax('exp below the maximum', calls.expBelowMax, {
          scale,
          far: 110,
          bound: (d) => 3 + (2 + slope(scale)) * d,
        }),
      ),
    ),

  "exp below the maximum, 'high': 1 U at any distance and scale, 1½ where it is rounded twice":
    () =>
      lines(
        highScales.map((scale) =>
          belowMax("exp below the maximum, 'high'", calls.expBelowMaxHigh, {
            scale,
            far: 110,
            // A compiler may take 1 + (r + r²·p) as (1 + r) + r²·p; lavapipe does.
            bound: () => 1.5,
          }),
        ),
      ),

  'exp below the maximum of special and far elements': () =>
    lines([
      farAndSpecial('default', calls.expBelowMax),
      farAndSpecial('high', calls.expBelowMaxHigh),
    ]),

  'exp of a plain row: the bits that guards give': async () => {
    const { x, top } = logitsAt(3, 0.7, 150);
    const given = { x: bitsOf(x), top };
    const options = { given, calls: COUNT / 4, params: scaled({ scale: 0.7 }) };
    const [guarded, plain] = [
      await run(calls.expBelowMax, options),
      await run(calls.expOfLogitPlain, options),
    ];
    const positive = guarded.y!.reduce((n, bits) => n + (bits > 0x00800000 ? 1 : 0), 0);
    if (positive < COUNT / 2) throw new Error(`only ${positive} exponentials are not 0`);
    return expectSame(
      'exp of a plain row',
      COUNT,
      (i) => guarded.y![i] === plain.y![i],
      (i) => `x ${x[i]}, max ${top[i >> 2]}: ${plain.y![i]}, with guards ${guarded.y![i]}`,
    );
  },

  'exp that rescales parts: 2 ULP': () => {
    const small = everyExponent(5, { low: -126, high: 7 }).map((x) => -Math.abs(x));
    const even = floatsFrom(COUNT, (i) => (-130 * i) / COUNT);
    const x = small.map((value, i) => (i % 4 === 0 ? value : even[i]!));
    const bound = (_: number, exact: number) => 2 * 2 ** (Math.floor(Math.log2(exact)) - 23);
    return ofOne('exp that rescales parts', calls.expAccurate, x, Math.exp, bound);
  },

  'exp of a number in two parts, as two factors: ½ U before it is rounded': async () => {
    const random = new Random(6);
    const high = floatsFrom(COUNT, (i) =>
      i % 4 ? -200 + (288 * i) / COUNT : -(2 ** random.uniform(-30, 7)),
    );
    const low = high.map((t) => random.uniform(-1, 1) * Math.min(0.1, Math.abs(t) * 2 ** -10));
    const found = await run(calls.expParts, { given: { high, low }, calls: COUNT / 4 });
    const [less1, power] = [floats(found.less_1!), floats(found.power!)];
    const errors = new Errors('exp of two parts');
    high.forEach((t, i) => {
      const exact = Math.exp(t + low[i]!);
      const describe = () => `${t} + ${low[i]}`;
      errors.take((1 + less1[i]!) * power[i]!, exact, 0.5 * U * exact, describe);
    });
    return errors.done();
  },

  'exp of a log-probability: 3 + 2·|x| ULP': async () => {
    const x = floatsFrom(COUNT, (i) => (-100 * i) / COUNT);
    const line = ofOne(
      'exp of a log-probability',
      { ...calls.expOfLog, reads: { x: 'vec4<u32>' } },
      x,
      Math.exp,
      (t, exact) => (3 - 2 * t) * 2 ** (Math.floor(Math.log2(exact)) - 23),
    );
    const infinite = bitsOf(new Float32Array(4).fill(-Infinity));
    const { y } = await run(calls.expOfLog, { given: { x: infinite }, calls: 1 });
    if (floats(y!).some((e) => e !== 0)) throw new Error(`exp(−∞) is ${floats(y!)}`);
    return line;
  },

  'sums of parts below the maximum': () =>
    lines(
      defaultScales.flatMap((scale) => {
        const product = (sum: number, e: number) => sum * e;
        const share = (sum: number, e: number) => e / sum;
        const d = slope(scale);
        const alone = { scale, rows: ['one'] as const };
        return [
          parts('rescaled', calls.rescaled, { scale }, product, (t) => 2.5 + d * t),
          parts('a chunk’s share', calls.shareOfChunk, alone, product, (t) => 2.5 + d * t),
          parts('share', calls.shareBelow, { scale }, share, (t) => 4.5 + d * t),
        ];
      }),
    ),

  "sums of parts below the maximum, 'high': ½ U before they are rounded, 1 U after": () =>
    lines(
      highScales.flatMap((scale) => {
        const product = (sum: number, e: number) => sum * e;
        const share = (sum: number, e: number) => e / sum;
        // Farther down the second part of a product is less than an f32 can be.
        const near = { scale, far: 60 };
        return [
          parts("rescaled, 'high'", calls.rescaledHigh, near, product, () => 0.5),
          parts("share, 'high'", calls.shareBelowHigh, { scale }, share, () => 1),
        ];
      }),
    ),

  'differences from the maximum, and where they stop': () =>
    lines(
      [1, 0.7, 3, 1e-3].flatMap((scale) => [
        differences('below the maximum', calls.belowMax, scale),
        differences('a quad below the maximum', calls.belowMaxQuad, scale),
        differences('plain, below the maximum', calls.plainBelowMax, scale, { guards: false }),
        differences('a quarter below the maximum', calls.quarterBelowMax, scale, { part: -0.25 }),
      ]),
    ),
} satisfies PageTests;
