import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as page from './sampler.page';

const inPage = async <F extends (...args: never[]) => unknown>(
  name: string,
  ...args: Parameters<F>
): Promise<Awaited<ReturnType<F>>> =>
  callInPage<F>(await sharedPage(), '/test/sampler/sampler.page.ts', name, ...args);

test('steps draw what sample draws, alone and recorded together', async () => {
  expect(await inPage<typeof page.equality>('equality')).toEqual([]);
});

test('a step has a mask of its own', async () => {
  const { found, expected } = await inPage<typeof page.masked>('masked');
  expect(found).toEqual(expected);
});

test('penalties follow what was drawn', async () => {
  const { found, expected } = await inPage<typeof page.penalized>('penalized');
  expect(found).toEqual(expected);
  expect(new Set(found.flat()).size).toBeGreaterThan(8);
});

test('a row of a prompt, in f32 and f16, of an odd vocabulary', async () => {
  expect(await inPage<typeof page.rowsOfPrompt>('rowsOfPrompt')).toEqual([]);
});

test('tokens are on the GPU, as i32 or in two words', async () => {
  expect(await inPage<typeof page.tokensOnGpu>('tokensOnGpu')).toEqual({
    same: true,
    tokens: [2, -1],
    shape: [2, 2],
    words: [2, 0, -1, -1],
    read: [2, -1],
    unread: 'Error: sampler: no step is left to read; call next() first',
    uncopied: 'Error: sampler: no step is left to read; call next() first',
  });
});

test.each(['submitted', 'recorded', 'masked', 'filtered'] as const)(
  'a thousand steps make nothing, take 60 µs of the host and read 4 bytes each, %s',
  async (how) => {
    const { microseconds, ...counted } = await inPage<typeof page.thousandSteps>(
      'thousandSteps',
      how,
    );
    console.log(`${microseconds.toFixed(1)} µs of the host a step`);
    expect(counted).toEqual({ made: {}, submit: 1000, bytes: 4000 });
    expect(microseconds).toBeLessThan(60);
  },
);

test('reads overlap and come in order; more steps than depth are refused', async () => {
  const { found, expected, refused } = await inPage<typeof page.order>('order');
  expect(found).toEqual(expected);
  expect(refused).toEqual(
    new Array(3).fill(
      'Error: sampler: as many steps as depth (2) are not read yet; call read(), and wait for it',
    ),
  );
});

test('reads that wait are told what ended them, and nothing is left', async () => {
  const { destroyed, lost, engine, stray } = await inPage<typeof page.ends>('ends');
  const gone = 'sampler: it is destroyed; create another sampler';
  expect(destroyed).toEqual({ told: [gone, gone, gone], later: gone, next: gone, left: 0 });
  expect(lost.left).toBe(0);
  for (const told of [...lost.told, ...engine.told]) {
    expect(told).toMatch(/^sampler: the device is lost \(destroyed: .*\); create another engine$/s);
  }
  expect(engine.next).toBe('sampler: the engine is destroyed; create another engine');
  expect(stray).toEqual([]);
});

test('refuses what does not fit', async () => {
  expect(await inPage<typeof page.refusals>('refusals')).toMatchInlineSnapshot(`
    [
      "TypeError: sampler: options: expected an object, got 5",
      "RangeError: sampler: rows 0 is out of range [1, 2147483647]",
      "RangeError: sampler: classes: expected an integer in [1, 2147483647], got 1.5",
      "RangeError: sampler: depth 65 is out of range [0, 64]",
      "RangeError: sampler: dtype: expected 'i32' or 'int64', got 'i64'",
      "TypeError: sampler: options: expected no 'axis', 'draws', 'rowOffset', 'out', 'encoder', 'pass', got 'rowOffset'",
      "RangeError: sampler: seed -1 is out of range [0, 9007199254740991]",
      "RangeError: sampler: topK 7 is out of range [1, 6]",
      "TypeError: sampler: logits: expected a GpuTensor (made by tensor() or wrap()), got a GPUBuffer",
      "TypeError: sampler: logits: expected dtype 'f32' or 'f16', got 'i32'",
      "RangeError: sampler: logits: expected shape [2, 6], or a row of [1, S, 6] with row, got [3, 4]",
      "RangeError: sampler: mask.bits: expected length 1 (for every row alike) or 2 (for each), got 0",
      "TypeError: sampler: mask and bits are both given; give one of them",
      "RangeError: sampler: logits: expected shape [2, 6], or a row of [1, S, 6] with row, got [1, 6]",
      "RangeError: sampler: logits: expected shape [1, S, 6] and rows 1, where row is given, got [1, 2, 6] and 2",
      "RangeError: sampler: logits: expected shape [1, 6], or a row of [1, S, 6] with row, got [1, 2, 6]",
      "RangeError: sampler: row 2 is out of range [-2, 1] for shape [1, 2, 6]",
      "RangeError: sampler: row: expected an integer in [-2, 1] for shape [1, 2, 6], got 'last'",
      "TypeError: sampler: encoder: expected a GPUCommandEncoder, got an Object",
    ]
  `);
});
