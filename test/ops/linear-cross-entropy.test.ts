/** The linear layer's cross-entropy: every form of the product on every size, options, blocks. */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './linear-cross-entropy.page';
import type { LinearCase, Shares } from './linear-cross-entropy.page';

const path = '/test/ops/linear-cross-entropy.page.ts';

const page = await sharedPage();
const forms = await callInPage<typeof module.formsHere>(page, path, 'formsHere');

/** All within their bounds, and none so far within that the bound says nothing. */
function expectRight(cases: readonly LinearCase[], all: readonly Shares[]): void {
  const wrong = cases.flatMap((c, i) =>
    Object.values(all[i]!).some((share) => !(share <= 1)) ? [{ ...c, shares: all[i] }] : [],
  );
  expect(wrong).toEqual([]);
  const worst = Math.max(...all.flatMap((shares) => Object.values(shares)));
  console.log(`${cases.length} cases; the largest error is ${worst.toFixed(3)} of its bound`);
  expect(worst).toBeGreaterThan(0.005);
}

const run = (cases: readonly LinearCase[]) =>
  callInPage<typeof module.runLinear>(page, path, 'runLinear', cases);

/** [N, D, K]: edges of tiles of 4 to 64 and of quads of them, of vectors, chains of 32 and parts of 256 and 2048. */
const sizes = [
  [1, 1, 1],
  [1, 3, 5],
  [2, 4, 4],
  [3, 5, 2],
  [4, 31, 33],
  [5, 1, 64],
  [31, 65, 3],
  [33, 63, 65],
  [63, 127, 1],
  [65, 64, 129],
  [129, 32, 63],
  [7, 257, 31],
  [257, 2, 6],
  [600, 3, 4],
  [2, 2100, 3],
  [3, 4, 2100],
  [130, 66, 257],
  [250, 70, 77],
] as const;

test.each(forms)('%s: every size', async (product) => {
  const cases = sizes.map(([n, d, k], i): LinearCase => {
    // A regime whose code is the same for every number of classes.
    const options = { regime: 'split-per-invocation', reduction: 'sum' } as const;
    return { n, d, k, product, options, bias: i % 2 === 0, seed: i + 1 };
  });
  expectRight(cases, await run(cases));
});

const few = { n: 9, d: 6, k: 130 };

test('options of the loss', async () => {
  const cases: LinearCase[] = [
    { ...few, wants: ['logSumExp'] },
    { ...few, bias: true, wants: ['dX'], lossGrad: 'number', options: { scale: 0.7 } },
    { ...few, wants: ['dBias', 'logSumExp'], classWeights: true, options: { ignoreIndex: 3 } },
    { ...few, targets: 'host', lossGrad: 'tensor', options: { reduction: 'none' } },
    { ...few, targets: 'probabilities', mask: 'classes' },
    { ...few, picked: true, bias: true, classWeights: true },
  ];
  expectRight(cases, await run(cases));
});

/** Two rows and a bit of 16 384 bytes each. */
const blocks = { n: 5, d: 3, k: 1900, options: { scratchBytes: 16_384 } } as const;
/** Three ranges of classes a row. */
const ranges = { n: 3, d: 5, k: 9001, options: { scratchBytes: 16_384 } } as const;

test('logits in blocks of rows, and in ranges of classes where a row does not fit', async () => {
  const cases = [blocks, ranges].flatMap((size, i): LinearCase[] => {
    const all = { ...size, bias: true, seed: 3 + i };
    const { options } = size;
    return [
      { ...all, picked: true, wants: ['logSumExp', 'dX', 'dWeight', 'dBias'] },
      {
        ...all,
        mask: 'row',
        lossGrad: 'tensor',
        options: { ...options, reduction: 'none', labelSmoothing: 0.1, zLoss: 0.01 },
      },
      { ...all, targets: 'probabilities', mask: 'causal', classWeights: true },
    ];
  });
  expectRight(cases, await run(cases));
});

test('outputs that hold values are written over', async () => {
  // A block of rows, several, ranges of classes, sums in parts, and no rows at all.
  const cases: LinearCase[] = [{ ...few }, blocks, ranges, { ...few, n: 2100 }, { ...few, n: 0 }];
  const faults = callInPage<typeof module.overwritten>(page, path, 'overwritten', cases);
  expect(await faults).toEqual([]);
});

test('operands over the binding limit', async () => {
  const cases: LinearCase[] = forms.map((product) => ({
    n: 20,
    d: 70,
    k: 100,
    product,
    bias: true,
    options: { regime: 'split-per-invocation' },
  }));
  const all = await callInPage<typeof module.runLinear>(page, path, 'runLinear', cases, {
    maxStorageBufferBindingSize: 8192,
  });
  expectRight(cases, all);
});

test.each(forms)(
  '%s: the same bits every time, and rows that do not depend on others',
  async (product) => {
    const faults = await callInPage<typeof module.reproducible>(page, path, 'reproducible', {
      n: 70,
      d: 33,
      k: 2100,
      product,
      options: { reduction: 'sum', regime: 'split-per-invocation' },
    });
    expect(faults).toEqual([]);
  },
);

test('tiles in registers give the same bits, whoever loads the columns', async () => {
  const layer = { n: 250, d: 70, k: 316, options: { reduction: 'sum' } } as const;
  const inRegisters = forms.filter((form) => form !== 'workgroup');
  const faults = callInPage<typeof module.differing>(page, path, 'differing', layer, inRegisters);
  expect(await faults).toEqual([]);
});

test('rows that are not there, no rows, a recorded call', async () => {
  expect(await callInPage<typeof module.edges>(page, path, 'edges')).toEqual([]);
});

test('scratch stays within the budget, where the logits would take more', async () => {
  const [n, d, k, budget] = [300, 2, 2048, 2 ** 20];
  const peak = await callInPage<typeof module.peakOf>(page, path, 'peakOf', n, d, k, budget);
  expect(peak).toBeGreaterThanOrEqual(budget);
  // Beside the logits: uniforms, and what is kept of rows.
  expect(peak).toBeLessThan(budget + 2 ** 17);
  expect(4 * n * k).toBeGreaterThan(2 * peak);
});

test('scratch does not grow with the number of blocks', async () => {
  // Split rows and parts of sums, in 3 blocks and in 12.
  const peaks = [60, 240].map((n) =>
    callInPage<typeof module.peakOf>(page, path, 'peakOf', n, 64, 5000, 20 * 4 * 5000, 'registers'),
  );
  const [few, many] = await Promise.all(peaks);
  // Uniforms, and what is kept of rows.
  expect(many! - few!).toBeLessThan(2 ** 15);
});

test('wrong arguments are named', async () => {
  expect(await callInPage<typeof module.refused>(page, path, 'refused')).toEqual([
    "RangeError: linearCrossEntropy: x: expected shape [3, 3] (one column for each of weight's), got [3, 4]",
    'RangeError: linearCrossEntropy: x: expected shape [N, D] with D >= 1, got [12]',
    'RangeError: linearCrossEntropy: bias: expected shape [5] (one value a class), got [1]',
    "RangeError: linearCrossEntropy: wants: expected 'logSumExp', 'dX', 'dWeight' or 'dBias', got 'dY'",
    "TypeError: linearCrossEntropy: wants: expected an array of names, got 'dX'",
    'RangeError: linearCrossEntropy: scratchBytes: expected an integer >= 16384, got 1024',
    "RangeError: linearCrossEntropy: product: expected 'registers', 'quads' or 'workgroup', got 'tensor cores'",
    'RangeError: linearCrossEntropy: bias: expected length 5 (one value a class), got 4',
    'TypeError: linearCrossEntropy: targets: expected class indices with rows, got a Float32Array of probabilities',
    'TypeError: linearCrossEntropy: targets: expected class indices with rows, got a GpuTensor of probabilities',
    'RangeError: linearCrossEntropy: rows[2] 4 is out of range [0, 3]',
    'RangeError: linearCrossEntropy: rows[0] -1 is out of range [0, 3]',
    'TypeError: linearCrossEntropy: rows: expected a GpuTensor or an array of integers, got a Float32Array',
    'TypeError: linearCrossEntropy: rows: expected a GpuTensor (made by tensor() or wrap()) or an array of integers, got 0',
    'RangeError: linearCrossEntropy: targets: expected length 4 (one a row of the logits), got 1',
    "TypeError: linearCrossEntropy: out: expected no names but 'loss' and 'dX' and 'dWeight' and 'dBias', got 'dY'",
    "RangeError: linearCrossEntropy: targets: expected shape [4] (the logits' shape without the axis, since integer targets are class indices), got [1]",
    'RangeError: linearCrossEntropy: out dX (bytes 0 … 48) overlaps x (bytes 0 … 48) in the same buffer; place it apart from it',
    "TypeError: linearCrossEntropy: out: expected no names but 'loss' and 'dX', got 'dWeight'",
    'RangeError: linearCrossEntropy: a range of a row of 3000 logits: expected at most 8192 bytes (maxStorageBufferBindingSize), got 16384',
  ]);
});
