/**
 * What only the GPU can tell rejects the `read()` or `done()` that waits for it and comes out
 * nowhere else; who owns and destroys what; the smallest batches.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, openPage } from './browser/page';
import type * as module from './engine.page';

type Name = Exclude<keyof typeof module, 'zeroRows' | 'oneClass' | 'settled'>;

let page: Page;
beforeAll(async () => {
  page = await openPage();
});

const run = <N extends keyof typeof module>(name: N) =>
  callInPage<() => ReturnType<(typeof module)[N]>>(page, '/test/engine.page.ts', name);

/** The story's end, once nothing has come out where nobody waits for it. */
async function toldBy(name: Name): Promise<Record<string, string>> {
  const { told, stray } = await run(name);
  expect(stray).toEqual([]);
  return told;
}

const quarters = '[0.25, 0.25, 0.25, 0.25]';

test('a wrapped buffer of another device', async () => {
  const told = await toldBy('foreignBuffer');
  expect(told).toEqual({
    'unrelated before': expect.stringMatching(/^\[0\.25, .* 0\.25\]$/),
    read: expect.stringMatching(/^Error: softmax: ./),
    'read again': expect.stringMatching(/^Error: softmax: ./),
    'what is made of it': expect.stringMatching(/^Error: softmax: ./),
    out: expect.stringMatching(/^Error: softmaxVjp: ./),
    'done 1': expect.stringMatching(/^Error: softmax: ./),
    'done 2': 'fine',
    'done 3': 'fine',
    'done 4': 'fine',
    'unrelated after': quarters,
    'the input itself': expect.stringMatching(/^Error: softmaxVjp: ./),
  });
});

test('a wrapped buffer that its owner destroyed, or made without COPY_SRC', async () => {
  expect(await toldBy('spoiltBuffers')).toEqual({
    'destroyed by its owner': expect.stringMatching(/^Error: softmax: ./),
    'reading it': expect.stringMatching(/^Error: read: ./),
    'without COPY_SRC':
      'Error: read: the buffer lacks the usage COPY_SRC; create it with GPUBufferUsage.COPY_SRC',
    done: expect.stringMatching(/^Error: softmax: ./),
    'done again': 'fine',
    unrelated: quarters,
  });
});

test('buffers of ours destroyed after calls on them went well', async () => {
  expect(await toldBy('spoiltLater')).toEqual({
    'scopes, ours': 'true, 1, 0',
    'scopes, an alias': 'true, 1, 0',
    'scopes, wrapped': 'true, 1, 1',
    before: '[0.25, 0.25, 0.25, 0.25]',
    'an alias of a destroyed tensor': expect.stringMatching(/^Error: softmax: ./),
    done: expect.stringMatching(/^Error: softmax: ./),
    'the other': quarters,
    'behind its back': expect.stringMatching(/^Error: softmax: ./),
    'done again': expect.stringMatching(/^Error: softmax: ./),
    'done at last': 'fine',
  });
});

test('out of memory', async () => {
  const out = (op: string, what: string, bytes = 16) =>
    `Error: ${op}: out of memory for ${bytes} bytes ('webgpu-softmax ${what}'): not enough memory left`;
  expect(await toldBy('outOfMemory')).toEqual({
    result: out('softmax', 'softmax [4]'),
    'what is made of it': out('softmax', 'softmax [4]'),
    upload: out('tensor', 'tensor [2]'),
    'what is made of the upload': out('tensor', 'tensor [2]'),
    staging: out('read', 'read'),
    done: out('softmax', 'softmax [4]'),
    'done again': 'fine',
    'done at last': 'fine',
    after: quarters,
  });
});

test('a lost device', async () => {
  const lost = /^Error: (\w+): the device is lost \(destroyed: .*\); create another engine$/s;
  expect(await toldBy('lostDevice')).toEqual({
    'pending read': expect.stringMatching(lost),
    'pending done': 'either',
    lost: 'destroyed',
    read: expect.stringMatching(
      /^Error: read: the device is lost \(destroyed: .*\); create another engine$/s,
    ),
    'upload and read': expect.stringMatching(
      /^Error: read: the device is lost \(destroyed: .*\); create another engine$/s,
    ),
    done: expect.stringMatching(
      /^Error: done: the device is lost \(destroyed: .*\); create another engine$/s,
    ),
    destroy: 'fine',
    'a tensor after all': 'fine',
  });
});

test('a device that is lost once what is read is there', async () => {
  expect(await toldBy('lostWhileReading')).toEqual({ read: quarters, stream: quarters });
});

test('a destroyed engine: its own device goes, a borrowed device and buffer stay', async () => {
  const gone = (op: string) => `Error: ${op}: the engine is destroyed; create another engine`;
  expect(await toldBy('destroyedEngine')).toEqual({
    'a read under way': expect.stringMatching(
      /^Error: read: the (device is lost|engine is destroyed)/,
    ),
    'own device': 'destroyed',
    softmax: gone('softmax'),
    crossEntropy: gone('crossEntropy'),
    softmaxJacobian: gone('softmaxJacobian'),
    tensor: gone('tensor'),
    wrap: gone('wrap'),
    read: gone('read'),
    done: gone('done'),
    alive: 'false, false',
    'borrowed device': quarters,
    'wrapped buffer': quarters,
  });
});

test('destroyed tensors, and using', async () => {
  expect(await toldBy('destroyedTensors')).toEqual({
    'after using': 'true, true',
    twice: 'fine',
    read: 'Error: read: the tensor is destroyed; use one that is not',
    op: 'Error: softmax: x (shape [4]) is destroyed; use one that is not',
    'the buffer wrapped': quarters,
    'the result of a destroyed tensor': quarters,
    engine: quarters,
    'engine after using': 'Error: tensor: the engine is destroyed; create another engine',
    done: 'fine',
  });
});

test('a batch of zero rows is valid for every operation', async () => {
  const results = await run('zeroRows');
  expect(Object.keys(results).length).toBeGreaterThanOrEqual(5 * 25);
  for (const [call, result] of Object.entries(results)) {
    const mean = /^crossEntropy(WithGrad)? of|, mean$/.test(call);
    const sum = /probabilities of|, sum$/.test(call);
    const loss = mean ? 'loss [NaN]' : sum ? 'loss [0]' : 'loss []';
    const expected = result.includes('loss') ? loss : /^(\w+ \[\](, )?)+$/;
    expect(result, call).toMatch(expected);
    expect(result.replace(/^loss \[[^\]]*\]/, ''), call).toMatch(/^(, )?(\w+ \[\](, )?)*$/);
  }
});

test('rows of one class', async () => {
  const { values, ...results } = await run('oneClass');
  expect(Object.keys(results)).toHaveLength(21);
  const constant = { softmax: 1, logSoftmax: 0, softmaxVjp: 0, jacobian: 0, loss: 0, grad: 0 };
  for (const [label, result] of Object.entries(results)) {
    const [, name] = label.split(' ') as [string, keyof typeof constant];
    const expected = name in constant ? values!.map(() => constant[name]) : values;
    expect(result, label).toEqual(expected);
  }
});

test('hundreds of calls without a wait', async () => {
  expect(await run('settled')).toBe(true);
});
