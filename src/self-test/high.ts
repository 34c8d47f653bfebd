import type { Engine } from '../engine/engine';
import { softmax } from '../ops/softmax';
import { Verdicts } from './verdicts';

/** Elements of a row of the self-test: several blocks of terms. */
const LENGTH = 4096;
const SCALE = 0.7;
/** A logit whose equal terms add up to a sum 13 ULP off where the roundings of blocks are lost. */
const EQUAL = -15.25;
/** More than `precision: 'high'` was measured to err by anywhere, less than it promises. */
const MAX_ULPS = 4;

/** Whether `precision: 'high'` keeps its promise on a device. */
export const highPrecision = new Verdicts(testHighPrecision);

/**
 * Whether this device's compiler leaves compensated arithmetic as it is written: WGSL lets it
 * reassociate sums, and some platforms' fast maths does. Two rows go through a kernel of
 * `precision: 'high'` and are held to float64: one of equal terms, whose sum drifts where the
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
  const y = softmax(x, { scale: SCALE, precision: 'high', regime: 'row-per-invocation' });
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
      `this device's compiler defeats precision 'high': it reassociates compensated sums, and a probability ` +
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
