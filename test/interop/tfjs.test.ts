import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './tfjs.page';

const path = '/test/interop/tfjs.page.ts';

test('TensorFlow.js: its buffers in, ours out, in the order of the calls', async () => {
  const page = await openPage();
  expect(await callInPage<typeof module.roundTrip>(page, path, 'roundTrip')).toEqual({
    between: { writes: 0, maps: 0 },
    ours: true,
    theirs: true,
    picks: true,
    refused: "fromTf: tensor: expected type 'float32' or 'int32', got 'bool'",
  });
});

test('TensorFlow.js: its data() reads what was handed over, or tells what failed', async () => {
  // Firefox also says on the console what does not compile.
  const page = await openPage('/test/browser/blank.html', /shader/i);
  const read = (shape: number[], values: number[], nested: unknown, dtype = 'float32') => ({
    ...{ shape, dtype, values, again: true, used: true, nested },
  });
  const most = 2 ** 30;
  expect(await callInPage<typeof module.downloads>(page, path, 'downloads')).toEqual({
    read: {
      three: read([1, 3], [1, -0.5, 3], [[1, -0.5, 3]]),
      five: read([5], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
      indices: read([2, 1], [-1, most], [[-1], [most]], 'int32'),
      part: read(
        [2, 2],
        [0, 0, 0, 0],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      one: read([], [7], 7),
      nothing: read([0, 3], [], []),
    },
    reason: expect.stringMatching(/^softmax: .*no_such_name/s),
    nested: true,
  });
});
