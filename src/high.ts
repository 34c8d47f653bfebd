import source from '../shaders/shared/high.wgsl';
import { Engine } from './engine/engine';
import { softmax } from './ops/softmax';
import type { HighPrecision } from './rows/precision';
import { verdictOn } from './self-test/verdicts';
import { notIn } from './util/words';

/**
 * The value of `precision` that makes exponentials of logits within an ULP and loses nothing in their
 * sums: probabilities within 6 ULP (docs/numerics.md). What does not use it does not ship it.
 *
 * ```ts
 * const x = engine.tensor([1000, 999, 900], [1, 3]);
 * console.log(await softmax(x, { precision: high }).read()); // 0.7311, 0.2689, 0
 * ```
 */
export const high: HighPrecision = {
  name: 'high',
  source,
  checkScale(op, { scale, temperature = 1 }) {
    const s = scale ?? 1 / temperature;
    // What a step of the scale's size may be without overflow.
    if (s <= 2 ** 100) return;
    const from = scale === undefined ? ` (temperature is ${temperature})` : '';
    const where = ` with high precision${from}`;
    throw new RangeError(notIn(op, 'scale', s, 0, '2^100', 'a number', where));
  },
  selfTest: (engine) => testOn(engine as Engine),
};

/** Whether it keeps its promise on an engine's device. */
const testOn = ({ device, facts }: Engine) =>
  verdictOn(testHighPrecision, device, () => new Engine(device, false, facts));

/** Elements of a row of the self-test: several blocks of terms. */
const LENGTH = 4096;
const SCALE = 0.7;
/** A logit whose equal terms add up to a sum 13 ULP off where the roundings of blocks are lost. */
const EQUAL = -15.25;
/** More than `precision: high` was measured to err by anywhere, less than it promises. */
const MAX_ULPS = 4;

/**
 * Whether this device's compiler leaves compensated arithmetic as it is written: WGSL lets it
 * reassociate sums, and some platforms' fast maths does. Two rows go through a kernel of
 * `precision: high` and are held to float64: one of equal terms, whose sum drifts where the
 * roundings are lost, and one of logits near 1 000 that spans all distances from the maximum, down to e⁻⁸⁰.
 *
 * @returns the verdict as a value: an Error that says what came out wrong, or undefined.
 * @throws as a rejection, Error if the GPU did not do it.
 */
async function testHighPrecision(engine: Engine): Promise<Error | undefined> {
  const logits = new Float32Array(2 * LENGTH);
  for (let k = 1; k < LENGTH; k++) {
    logits[k] = EQUAL;
    logits[LENGTH + k] = (-80 / SCALE) * (k / LENGTH);
  }
  for (let k = 0; k < LENGTH; k++) logits[LENGTH + k]! += 1000;
  const x = engine.tensor(logits, [2, LENGTH]);
  const y = softmax(x, { scale: SCALE, precision: high, regime: 'row-per-invocation' });
  try {
    const actual = await y.read();
    const expected = [0, LENGTH].flatMap((start) => exactRow(logits, start));
    let worst = 0;
    const errors = expected.map((p, i) => Math.abs(actual[i]! - p) / ulpOf(p));
    errors.forEach((error, i) => {
      // Written so that a NaN is the worst.
      if (!(error <= errors[worst]!)) worst = i;
    });
    if (errors[worst]! <= MAX_ULPS) return undefined;
    return new Error(
      `this device's compiler defeats high precision: it reassociates compensated sums, and a probability ` +
        `of ${expected[worst]!.toPrecision(9)} became ${actual[worst]!.toPrecision(9)}; use the default precision`,
    );
  } finally {
    x.destroy();
    y.destroy();
  }
}

function exactRow(logits: Float32Array, start: number): number[] {
  const row = Array.from(logits.subarray(start, start + LENGTH));
  const scale = Math.fround(SCALE);
  const max = Math.max(...row);
  const terms = row.map((v) => Math.exp(scale * (v - max)));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

// As in src/reference, of which nothing is in the library: its bounds bring their tables with them.
const ulpOf = (v: number) => 2 ** (Math.floor(Math.log2(v)) - 23);
