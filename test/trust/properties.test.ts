/** What must hold of softmax and its derivatives whatever the input, on what the GPU gives. */
import fc from 'fast-check';
import type { Page } from 'puppeteer-core';
import { beforeAll, expect, test } from 'vitest';
import * as reference from '../../src/reference';
import { callInPage, openPage } from '../browser/page';
import { takes } from '../harness/matrix';
import { normal, uniform } from '../harness/random';
import { dot, numericDerivative, numericGradient } from '../reference/finite-differences';
import { count, isLong, tellCounts } from './counts';
import type * as module from './properties.page';
import { holds, times } from './trust';

const file = 'test/trust/properties.test.ts';
const path = '/test/trust/properties.page.ts';
const RUNS = times(20, 200);
tellCounts();

let page: Page;
beforeAll(async () => {
  page = await openPage();
});

/** Few lengths in the short form: each may take a shader of its own. */
const lengths = isLong
  ? fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 257, 1000, 4097, 5000))
  : fc.constantFrom(1, 3, 8, 40);

/** Inputs of up to four dimensions and a few thousand elements. */
const inputs: fc.Arbitrary<module.Input> = fc
  .record({
    length: lengths,
    others: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    at: fc.nat(3),
    fromEnd: fc.boolean(),
    seed: fc.nat(99_999),
    spread: fc.constantFrom(8, 1, 40, 0),
    scale: fc.constantFrom(1, 1, 0.7, 3, 0),
    regime: isLong
      ? fc.constantFrom(undefined, 'row-per-invocation' as const, 'row-per-workgroup' as const)
      : fc.constant(undefined),
  })
  .map(({ length, others, at, fromEnd, regime, ...rest }) => {
    // In the short form rows are contiguous or strided, and that is all the shaders are to see.
    const axis = at % (others.length + 1);
    const shape = [...others.slice(0, axis), length, ...others.slice(axis)];
    const strided = shape.slice(axis + 1).some((n) => n > 1);
    const can = regime && takes(regime, length, strided, false);
    return {
      ...rest,
      ...(can && { regime }),
      shape,
      axis: fromEnd ? axis - shape.length : axis,
    };
  });

test.each([
  'shiftInvariance',
  'permutationEquivariance',
  'rowsApart',
  'distributions',
  'adjoints',
  'gradientSums',
  'anyAxis',
  'anyPlace',
] as const)('%s', async (name) => {
  await holds(file, name, inputs, RUNS, async (input) => {
    count('properties', name);
    return callInPage<(typeof module)[typeof name]>(page, path, name, input);
  });
});

/** Few elements: finite differences take two evaluations for each. */
const small = fc
  .record({
    length: fc.constantFrom(2, 3, 5, 8),
    rows: fc.integer({ min: 1, max: 3 }),
    strided: fc.boolean(),
    seed: fc.nat(99_999),
    spread: fc.constantFrom(1, 4),
    scale: fc.constantFrom(1, 0.7, 3),
  })
  .map(({ length, rows, strided, ...rest }) => ({
    ...rest,
    shape: strided ? [length, rows] : [rows, length],
    axis: strided ? 0 : 1,
  }));

test('finiteDifferences', async () => {
  await holds(file, 'finiteDifferences', small, times(30, 300), async (input) => {
    count('properties', 'finiteDifferences');
    const { shape, seed, spread, axis, scale } = input;
    const n = shape[0]! * shape[1]!;
    const o = { axis, scale };
    const x = { data: Float64Array.from(uniform(seed, n, -spread, spread)), shape };
    const v = { data: normal(seed + 1, n), shape };
    const lse = reference.logSumExp(x, o);
    const dLse = v.data.slice(0, lse.data.length);
    const classes = shape[axis]!;
    const targets = { data: Int32Array.from(lse.data, (_, r) => r % classes), shape: lse.shape };
    const loss = { ...o, labelSmoothing: 0.1, zLoss: 0.01 };
    const expected: Record<string, Float64Array> = {
      softmaxVjp: numericGradient(x, (at) => dot(reference.softmax(at, o).data, v.data)),
      softmaxJvp: numericDerivative(x, v, (at) => reference.softmax(at, o).data),
      logSoftmaxVjp: numericGradient(x, (at) => dot(reference.logSoftmax(at, o).data, v.data)),
      logSoftmaxJvp: numericDerivative(x, v, (at) => reference.logSoftmax(at, o).data),
      logSumExpVjp: numericGradient(x, (at) => dot(reference.logSumExp(at, o).data, dLse)),
      crossEntropyGrad: numericGradient(
        x,
        (at) => reference.crossEntropy(at, targets, loss).loss.data[0]!,
      ),
    };
    const actual = await callInPage<typeof module.derivatives>(page, path, 'derivatives', input);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    const largestOf = (values: ArrayLike<number>) =>
      Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [name, values] of Object.entries(expected)) {
      // Rounded inputs and f32 results: some 2⁻²³ of the largest term, which v and the scale make.
      const allowed = 4e-6 * Math.max(scale, 1) * Math.max(1, largestOf(v.data));
      const off = largestOf(values.map((value, i) => value - actual[name]![i]!));
      if (!(off <= allowed)) return `${name} is ${off} from the finite differences`;
    }
    return '';
  });
});
