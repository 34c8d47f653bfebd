/** Shared and resizable memory is copied, memory that is gone is told of, and what fails leaves nothing. */
import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './memory.page';

async function run<N extends keyof typeof module>(name: N) {
  const call = callInPage<() => ReturnType<(typeof module)[N]>>;
  return call(await openPage(), '/test/engine/memory.page.ts', name);
}

test('uploads of every dtype from shared and resizable memory', async () => {
  const read = await run('uploads');
  expect(Object.keys(read).length).toBeGreaterThanOrEqual(3 * 4);
  expect(Object.entries(read).filter(([, values]) => values !== '1,2,3')).toEqual([]);
});

test('targets and streams from shared and resizable memory, and views that follow their buffer', async () => {
  const block = new Array(8).fill(0.25).join();
  const kinds = ['resizable', 'shared', 'growable'].flatMap((kind) => [
    [`${kind} targets`, '1.3863'],
    [`${kind} stream f32`, `${block} ${block}`],
    [`${kind} stream f16`, `${block} ${block}`],
  ]);
  expect(await run('others')).toEqual({
    ...Object.fromEntries(kinds),
    'as long as its buffer': '0,0,0,0',
    'as short as its buffer': '0',
  });
});

test('memory that is gone', async () => {
  const may = 'expected a typed array or an array of numbers';
  const data = (kind: string) =>
    `TypeError: tensor: data: ${may}, got ${kind} whose memory is gone`;
  const block =
    'TypeError: stream: block: expected a Float32Array or a Float16Array, got a Float32Array whose memory is gone';
  expect(await run('gone')).toEqual({
    told: {
      transferred: data('a Float32Array'),
      'transferred, of no element': data('a Float32Array'),
      'cut off': data('a Uint32Array'),
      'cut off, following': data('an Int32Array'),
      targets:
        'TypeError: crossEntropy: targets: expected a GpuTensor (made by tensor() or wrap()), an array of class ' +
        'indices or a Float32Array of probabilities, got an Int32Array whose memory is gone',
      block,
      'a block cut off': block,
      empty: '0',
    },
    left: 0,
  });
});

test('an upload that fails leaves no buffer', async () => {
  expect(await run('refused')).toEqual({
    told: { tensor: 'TypeError: no', targets: 'TypeError: no', stream: 'TypeError: no' },
    left: [0, 0],
    after: '0.5,0.5,0.5,0.5',
  });
});
