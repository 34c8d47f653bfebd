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
  const axis = 'axis 1 of x (shape [3, 0]) has length 0; it may be 1 or more';
  const classes =
    "the logits' shape is [3, 0], without a class for an index; targets may be probabilities";
  expect(await callInPage<typeof module.refusals>(page, path, 'refusals')).toEqual({
    argmax: `RangeError: argmax: ${axis}`,
    'argmax of no rows':
      'RangeError: argmax: axis 1 of x (shape [0, 0]) has length 0; it may be 1 or more',
    topK: `RangeError: topK: ${axis}`,
    sample: `RangeError: sample: ${axis}`,
    'class indices': `RangeError: crossEntropy: ${classes}`,
    'all ignored': `RangeError: crossEntropyGrad: ${classes}`,
    'class indices on the GPU': `RangeError: crossEntropy: ${classes}`,
    'no rows either': 'nothing',
    linearCrossEntropy:
      'RangeError: linearCrossEntropy: weight has shape [0, 2]; it must be a matrix, [K, D] with K >= 1 and D >= 1',
    'reference topK':
      'RangeError: topK: axis 1 of shape [3, 0] has length 0; it must be at least 1',
    'reference sample':
      'RangeError: sample: axis 1 of shape [3, 0] has length 0; it must be at least 1',
    'reference crossEntropy': `RangeError: crossEntropy: ${classes}`,
  });
});
