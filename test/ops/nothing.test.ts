/** An axis of length 0 is PyTorch's: empty results, log-sum-exp −∞, sums 0; nothing to pick or draw. */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './nothing.page';

const path = '/test/ops/nothing.page.ts';
const page = await sharedPage();

test.each([
  { shape: [3, 0], axis: 1, lse: '[3]: -Infinity, -Infinity, -Infinity', mean: '[]: 0' },
  { shape: [0, 3], axis: 0, lse: '[3]: -Infinity, -Infinity, -Infinity', mean: '[]: 0' },
  {
    shape: [1, 0, 6],
    axis: 1,
    lse: `[1, 6]: ${new Array(6).fill('-Infinity').join(', ')}`,
    mean: '[]: 0',
  },
  { shape: [0], axis: 0, lse: '[]: -Infinity', mean: '[]: 0' },
  { shape: [0, 0], axis: 1, lse: '[0]: ', mean: '[]: NaN' },
])('$shape along $axis', async ({ shape, axis, lse, mean }) => {
  const { wanted, problems } = await callInPage<typeof module.everyOperation>(
    page,
    path,
    'everyOperation',
    shape,
    axis,
  );
  expect(problems).toEqual([]);
  const square = [...shape.slice(0, axis), 0, ...shape.slice(axis)].join(', ');
  expect(wanted).toMatchObject({
    softmax: `[${shape.join(', ')}]: `,
    softmaxJacobian: `[${square}]: `,
    logSumExp: lse,
    mean,
    sum: '[]: 0',
  });
});

test('what takes an element of a row, or names a class, says that there is none', async () => {
  const axis = 'x: expected 1 element or more along axis 1, got shape [3, 0]';
  const classes = (got: string) =>
    `targets: expected probabilities (the logits' shape is [3, 0], without a class for an index), got ${got}`;
  expect(await callInPage<typeof module.refusals>(page, path, 'refusals')).toEqual({
    argmax: `RangeError: argmax: ${axis}`,
    'argmax of no rows':
      'RangeError: argmax: x: expected 1 element or more along axis 1, got shape [0, 0]',
    topK: `RangeError: topK: ${axis}`,
    cutoff: `RangeError: cutoff: ${axis}`,
    sample: `RangeError: sample: ${axis}`,
    'class indices': `RangeError: crossEntropy: ${classes('an Array')}`,
    'all ignored': `RangeError: crossEntropyGrad: ${classes('an Array')}`,
    'class indices on the GPU': `RangeError: crossEntropy: ${classes('a GpuTensor')}`,
    'no rows either': 'nothing',
    linearCrossEntropy:
      'RangeError: linearCrossEntropy: weight: expected shape [K, D] with K >= 1 and D >= 1, got [0, 2]',
    'reference topK': `RangeError: topK: ${axis}`,
    'reference sample': `RangeError: sample: ${axis}`,
    'reference crossEntropy': `RangeError: crossEntropy: ${classes('class indices')}`,
  });
});
