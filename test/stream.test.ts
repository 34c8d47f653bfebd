import { expect, test } from 'vitest';
import { callInPage, openPage } from './browser/page';
import type * as page from './stream.page';

const module = '/test/stream.page.ts';

test('gives the results in order, of any source and blocks of any size', async () => {
  expect(await callInPage<typeof page.results>(await openPage(), module, 'results')).toEqual([]);
});

test('asks for no more than is taken, in buffers that are used again', async () => {
  const { before, first, later, buffers, left } = await callInPage<typeof page.pressure>(
    await openPage(),
    module,
    'pressure',
  );
  expect(before).toBe(0);
  expect(first).toBeLessThanOrEqual(5);
  expect(later).toBeLessThanOrEqual(20 + 5);
  // A slot has its rows, its result and a staging buffer.
  expect(buffers).toBeLessThanOrEqual(4 * 3);
  expect(left).toBe(0);
});

test('tells a fault after the results before it, and leaves nothing', async () => {
  const {
    outcomes: { work, done, ...outcomes },
    closed,
  } = await callInPage<typeof page.faults>(await openPage(), module, 'faults');
  expect(outcomes).toMatchInlineSnapshot(`
    {
      "abort": "0, enough, 0 left",
      "block": "1, stream: block: expected a length that is a multiple of classes (100), got 99, 0 left",
      "early": "0, before it began, 0 left",
      "hung": "0, no patience, 0 left",
      "left": "0 left",
      "lost": "stream: the device is lost (destroyed); create another engine, 0 left",
      "operation": "4, the operation broke, 0 left",
      "result": "2, softmax: out of memory for 3200 bytes ('webgpu-softmax softmax [8, 100]'): not enough memory left, 0 left",
      "source": "2, the source broke, 0 left",
      "staging": "1, stream: not enough memory left, 0 left",
    }
  `);
  // The browser's own words, which the engine tells once more.
  expect(done).toMatch(/^softmax: ..+$/s);
  expect(work).toMatch(/^3, softmax: ..+, 0 left$/s);
  // Every source that did not end by itself is told: seven of them.
  expect(closed).toBe(7);
});

test('refuses what does not fit at the call', async () => {
  expect(
    await callInPage<typeof page.refusals>(await openPage(), module, 'refusals'),
  ).toMatchInlineSnapshot(`
    [
      "TypeError: stream: source: expected an iterable, an async iterable or a ReadableStream, got 5",
      "TypeError: stream: operation: expected a function of a block of rows, got 'softmin'",
      "RangeError: stream: classes: expected an integer in [1, 2147483648], got undefined",
      "RangeError: stream: depth 1 is out of range [2, 16]",
      "RangeError: stream: dtype: expected 'f32' or 'f16', got 'f64'",
    ]
  `);
});
