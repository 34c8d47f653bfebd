/** Slices of tensors, and f16 that begins on half a word. */
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import type * as module from './slice.page';

const path = '/test/ops/slice.page.ts';
const page = await openPage();

const conversions =
  browserUnderTest().engine === 'firefox'
    ? (['integer', 'native', 'typed'] as const)
    : (['integer', 'native'] as const);

test.each(conversions)('rows of f16 one by one, %s: neighbours keep their bits', async (way) => {
  const found = await callInPage<typeof module.rowByRow>(page, path, 'rowByRow', way);
  expect(Object.entries(found).filter(([, at]) => at !== -1)).toEqual([]);
  expect(Object.keys(found).length).toBe(3 * 13 + 3);
});

test('what slices are, and how they end', async () => {
  const may = 'from and to: expected integers with 0 <= from <= to <= 3';
  expect(await callInPage<typeof module.life>(page, path, 'life')).toEqual({
    shapes: ['3×2', '1×2', '0×2', '0×2', '1×2', '1×2'],
    numbers: [3, 4, 5, 6],
    halves: [4, 5, 6, 4, 5, 6, 7, 8, 9],
    shared: true,
    'from below': `RangeError: slice: ${may}, got -1 and 3`,
    'from above': `RangeError: slice: ${may}, got 4 and 3`,
    'from a half': `RangeError: slice: ${may}, got 0.5 and 3`,
    'to before from': `RangeError: slice: ${may}, got 2 and 1`,
    'to above': `RangeError: slice: ${may}, got 0 and 4`,
    scalar: 'RangeError: slice: shape: expected a rank of 1 or more, got []',
    'half a word at the end': 'nothing',
    'no whole word':
      'RangeError: wrap: buffer: expected 8 bytes or more for shape [3] at byteOffset 0, got 6',
    'half a half': 'RangeError: wrap: byteOffset: expected a multiple of 2, 0 or more, got 1',
    'half an f32': 'RangeError: wrap: byteOffset: expected a multiple of 4, 0 or more, got 2',
    overlap:
      'RangeError: softmax: out (bytes 6 … 18) overlaps x (bytes 0 … 12) in the same buffer; ' +
      'place it exactly on x, or apart from it',
    results: '1.313 0.313 4.313 6.313',
    empty: 0,
    'empty layer': '0,2',
    'a slice that is destroyed':
      'Error: softmax: x (shape [1, 2]) is destroyed; use one that is not',
    'the whole after it': 'nothing',
    'freed with a slice': 0,
    'freed with the whole': 24,
    'of a destroyed tensor':
      'Error: softmax: x (shape [1, 2]) is a slice of a tensor that is destroyed; use one that is not',
    'read of it':
      'Error: read: the tensor is a slice of a tensor that is destroyed; use one that is not',
    'a slice of it':
      'Error: slice: the tensor is a slice of a tensor that is destroyed; use one that is not',
    'a slice of a destroyed one': 'Error: slice: the tensor is destroyed; use one that is not',
  });
});

test('what failed on the GPU', async () => {
  expect(await callInPage<typeof module.faults>(page, path, 'faults')).toEqual({
    'a slice of what failed': 'softmax',
    'a slice of that': 'softmax',
    'a whole of which a slice failed': 'softmax',
    'a whole that is written again': 'nothing',
  });
});

test('a stream gives rows that begin on half a word', async () => {
  const { got, wanted } = await callInPage<typeof module.streamed>(page, path, 'streamed');
  expect(got.length).toBe(10);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 3);
  });
});
