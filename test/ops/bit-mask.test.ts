import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { regimeNames } from '../../src/rows/regimes';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import type * as page from './bit-mask.page';
import type { runList } from './matrix.page';

const mask = 'bits';
const forced = regimeNames.map((regime) => ({ regime, mask }) as const);

/** Words for each row, and for all; rows that begin anywhere; every regime, columns, picks. */
const cases: Case[] = [
  ...forced.flatMap((o, i): Case[] => [
    { op: 'softmax', shape: [7, 97], seed: 10 + i, ...o },
    { op: 'softmax', shape: [7, 100], seed: 20 + i, ...o, broadcast: [true, false] },
  ]),
  ...[1, 5, 32, 33, 6625].map(
    (length): Case => ({ op: 'softmax', shape: [7, length], seed: length, mask }),
  ),
  { op: 'softmax', shape: [65, 9], axis: 0, seed: 31, mask },
  { op: 'softmax', shape: [2, 70, 3], axis: 1, seed: 32, mask, broadcast: [true, false, false] },
  { op: 'softmax', shape: [3000, 5], axis: 0, seed: 33, mask, regime: 'split-per-workgroup' },
  { op: 'softmax', shape: [2, 3, 5, 65], seed: 34, mask, broadcast: [false, true, false, false] },
  { op: 'logSumExp', shape: [7, 1001], seed: 35, mask, f16: ['x'], byteOffset: 2 },
  { op: 'logSoftmax', shape: [18, 64], seed: 36, mask, special: true, emptyRows: 'zero' },
  { op: 'crossEntropyWithGrad', shape: [7, 257], seed: 37, mask, inPlace: true },
  { op: 'linearCrossEntropy', shape: [7, 257], seed: 38, mask },
  { op: 'argmax', shape: [7, 33], seed: 70, mask, broadcast: [true, false] },
  { op: 'topK', shape: [130, 5], axis: 0, k: 50, seed: 50, mask },
];

const inPage = async <F extends (...args: never[]) => unknown>(
  module: string,
  name: string,
  ...args: Parameters<F>
) => callInPage<F>(await sharedPage(), `/test/ops/${module}.page.ts`, name, ...args);

test('masks by bits, in every regime', async () => {
  check('bits', await inPage<typeof runList>('matrix', 'runList', cases));
});

test('on the host, and the bits that count', async () => {
  expect(await inPage<typeof page.byHand>('bit-mask', 'byHand')).toEqual({
    alike: [0.5, 0, 0.5, 0, 0.5, 0.5],
    each: [0.5, 0, 0.5, 1, 0, 0],
    signed: [0.5, 0, 0.5, 0, 0.5, 0.5],
    // The last of 33 elements, in the second word; a third word does not count.
    padded: 32,
  });
});

test('wrong bits are named', async () => {
  expect(await inPage<typeof page.refused>('bit-mask', 'refused')).toMatchInlineSnapshot(`
    [
      "RangeError: softmax: mask.bits: expected 2 words or more, got 1",
      "RangeError: softmax: mask.bits: expected 2 words or more, got 1",
      "RangeError: softmax: mask.bits: expected a shape that broadcasts to [2, 40] (each dimension, from the last, 1 or the same), got [3, 2]",
      "RangeError: softmax: mask.bits: expected a shape that broadcasts to [2, 40] (each dimension, from the last, 1 or the same), got [1, 2, 2]",
      "RangeError: softmax: mask.bits: expected length 2 (for every row alike) or 4 (for each), got 1",
      "RangeError: softmax: mask.bits: expected length 2 (for every row alike) or 4 (for each), got 6",
      "TypeError: softmax: mask.bits: expected a GpuTensor (made by tensor() or wrap()) or a Uint32Array, got a Float32Array",
      "TypeError: softmax: mask.bits: expected a GpuTensor (made by tensor() or wrap()) or a Uint32Array, got an Array",
      "TypeError: softmax: mask.bits: expected dtype 'i32' or 'u32', got 'f32'",
      "TypeError: softmax: mask: expected a GpuTensor (made by tensor() or wrap()), an array or 'causal', got an Object",
      "TypeError: softmax: mask.bits: expected a GpuTensor (made by tensor() or wrap()) or a Uint32Array, got 3",
    ]
  `);
});
