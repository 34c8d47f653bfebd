/**
 * What goes wrong beneath the library: lost devices, a crashed GPU process, memory that is out,
 * shaders that do not compile. Whoever waits is told, in words that help; nothing hangs, nothing
 * comes out where nobody waits, and the next call works.
 */
import type { Page } from 'puppeteer';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser/launch';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import { count, tellCounts } from './counts';
import type * as module from './faults.page';
import { times } from './trust';

const path = '/test/trust/faults.page.ts';
const CYCLES = times(1000, 10_000);
const { engine } = browserUnderTest();
tellCounts();

let page: Page;
beforeAll(async () => {
  // Of a shader that does not compile Firefox tells on the console too, as of any that is made
  // while the device goes.
  page = await openPage('/test/browser/blank.html', /shader|^Parent device is lost$/i);
});

const run = <N extends keyof typeof module>(
  name: N,
  ...args: Parameters<(typeof module)[N]>
): Promise<Awaited<ReturnType<(typeof module)[N]>>> =>
  callInPage<(...args: never[]) => unknown>(page, path, name, ...(args as never[])) as Promise<
    Awaited<ReturnType<(typeof module)[N]>>
  >;

afterEach(({ task }) => count('faults', task.name));

const quarters = '0.25,0.25,0.25,0.25';

/** Ends of the work that was under way when the device went. */
function expectEnds(told: Record<string, string>, reason: 'destroyed' | 'unknown'): void {
  const lost = `the device is lost \\(${reason}: .*\\); create another engine$`;
  const ended = [
    'lost',
    'call after',
    'done after',
    'prepare after',
    'destroy after',
    'a new engine',
  ];
  for (const [label, end] of Object.entries(told)) {
    if (ended.includes(label)) continue;
    // What was finished before the device went is right to have ended well.
    expect(end, label).toMatch(new RegExp(`^(over$|Error: \\w+: ${lost})`, 's'));
  }
  expect(told.lost).toBe(reason);
  expect(told['call after']).toMatch(new RegExp(`^Error: read: ${lost}`, 's'));
  expect(told['done after']).toMatch(new RegExp(`^Error: done: ${lost}`, 's'));
  expect(told['prepare after']).toMatch(new RegExp(`^Error: prepare: ${lost}`, 's'));
  expect(told['destroy after']).toBe('fine');
  expect(told['a new engine']).toBe('21 right');
}

test('device.destroy() in mid-flight', async () => {
  expect(await run('startWork')).toBeGreaterThan(20);
  await run('destroyDevice');
  const { told, stray } = await run('endOfWork');
  expect(stray).toEqual([]);
  expectEnds(told, 'destroyed');
  expect(told.long).toMatch(/^Error: read: /);
});

if (engine === 'chromium') {
  test('a GPU process that is killed in mid-flight', async () => {
    // A browser of its own: the others keep their GPU process.
    const { browser, close } = await launchBrowser({ engine });
    try {
      const own = await browser.newPage();
      await own.goto(`${browserUnderTest().url}/test/browser/blank.html`);
      const started = callInPage<typeof module.startWork>(own, path, 'startWork');
      expect(await started).toBeGreaterThan(20);
      const session = await browser.target().createCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const gpu = processInfo.filter(({ type }) => type === 'GPU');
      expect(gpu).toHaveLength(1);
      process.kill(gpu[0]!.id, 'SIGKILL');
      const ends = callInPage<typeof module.endOfWork>(own, path, 'endOfWork');
      const { told, stray } = await ends;
      expect(stray).toEqual([]);
      expectEnds(told, 'unknown');
    } finally {
      await close();
    }
  });
} else {
  // Without a window Firefox has no GPU process: its GPU work is done by the process that runs the
  // browser, and with that the page would be gone that is to tell what happened.
  test('a device taken away in mid-flight (injected: this browser has no GPU process to kill)', async () => {
    expect(await run('startWork', true)).toBeGreaterThan(20);
    await run('takeDeviceAway');
    const { told, stray } = await run('endOfWork');
    expect(stray).toEqual([]);
    expectEnds(told, 'unknown');
  });
}

test('memory that is out (injected) at upload, result, scratch, read and uniforms', async () => {
  const { told, stray } = await run('outOfMemory');
  expect(stray).toEqual([]);
  const out = (op: string, bytes: number, what: string) =>
    `Error: ${op}: out of memory for ${bytes} bytes ('webgpu-softmax ${what}'): not enough memory left`;
  expect(told).toEqual({
    before: quarters,
    upload: out('tensor', 4000, 'tensor [10, 100]'),
    'made of the upload': out('tensor', 4000, 'tensor [10, 100]'),
    'small call after upload': quarters,
    result: out('softmax', 2048, 'softmax [64, 8]'),
    'small call after result': quarters,
    scratch: expect.stringMatching(
      /^Error: crossEntropy: out of memory for \d+ bytes \('webgpu-softmax scratch'\): not enough memory left$/,
    ),
    'the other result': expect.stringMatching(/^Error: crossEntropy: out of memory for /),
    'scratch released': 'true',
    'small call after scratch': quarters,
    'copy of a read': out('read', 2048, 'read'),
    'small call after read': quarters,
    uniforms: 'Error: softmax: not enough memory left to map',
    'small call at last': quarters,
    done: expect.stringMatching(
      /^Error: \w+: (out of memory for \d+ bytes|not enough memory left to map)/,
    ),
    'done at last': 'fine',
    'every operation': '21 right',
  });
});

test('a shader that does not compile: variant, line, column and source', async () => {
  const { told, stray } = await run('badShader');
  expect(stray).toEqual([]);
  const wrong = (start: string) =>
    new RegExp(
      `^Error: ${start}softmax row .*x→y: line \\d+, column \\d+: [^]*no_such_name[^]*\\n {2}let `,
    );
  expect(told.read).toMatch(wrong('softmax: '));
  expect(told.prepare).toMatch(wrong('prepare: log-'));
  const [, line, source] = /^line (\d+): (.*)$/.exec(told.source!)!;
  expect(told.read).toContain(`line ${line}, column `);
  expect(told.read!.endsWith(`\n  ${source}`)).toBe(true);
  expect(told.done).toMatch(wrong('softmax: '));
  expect(told.after).toBe(quarters);
  expect(told['done after']).toBe('fine');
});

test('a borrowed device with the lowest limits and no feature', async () => {
  const { told, stray, features, limits } = await run('bareDevice');
  expect(stray).toEqual([]);
  expect(features).toEqual([]);
  expect(limits).toEqual({
    maxStorageBuffersPerShaderStage: 8,
    maxStorageBufferBindingSize: 2 ** 27,
  });
  expect(told).toEqual({ cases: '45 right' });
});

test('tensors destroyed while they are in use', async () => {
  const { told, stray } = await run('destroyedInUse');
  expect(stray).toEqual([]);
  expect(told).toEqual({
    'read under way': 'true',
    'recorded, then destroyed: the submission is its owner’s': 'refused',
    read: 'Error: read: the tensor is destroyed; use one that is not',
    after: quarters,
    done: 'fine',
  });
});

// Firefox does not tell the size of its JS heap: what it holds on to, the next test counts.
const leavings = engine === 'chromium' ? 'no buffer and no heap' : 'no buffer';
test(`${CYCLES} cycles of create, run and destroy leave ${leavings} behind`, async () => {
  await run('cycles', 500);
  const heap = engine === 'chromium' ? await heapOf(page) : 0;
  const before = await run('cycles', 1);
  const after = await run('cycles', CYCLES);
  expect(after.stray).toEqual([]);
  expect(after.wrong).toBe(0);
  expect(after.made).toBeGreaterThan(before.made + 2 * CYCLES);
  expect(after.buffers).toBe(before.buffers);
  expect(after.bytes).toBe(before.bytes);
  if (engine !== 'chromium') return;
  // Less than 100 bytes a cycle: a tensor alone has more.
  expect((await heapOf(page)) - heap).toBeLessThan(100 * CYCLES);
});

test('tensors that are destroyed are garbage', async () => {
  const few = 10;
  expect(await run('survivors', 500, few)).toBeLessThanOrEqual(few);
});

test('engines on a borrowed device take their buffers with them', async () => {
  const left = await run('engineCycles', times(10, 100));
  expect(left).toEqual(left.map(() => 0));
});

test('concurrent callers, and two engines on one device', async () => {
  const { told, stray } = await run('manyCallers', times(200, 2000));
  expect(stray).toEqual([]);
  expect(told).toEqual({
    callers: 'right',
    'callers of the other engine': 'right',
    'callers of the destroyed engine': expect.stringMatching(
      /^(right; )?Error: (read|logSoftmax): the engine is destroyed; create another engine$/,
    ),
    after: quarters,
    done: 'fine',
  });
});

/** Bytes of a Chromium page's JS heap after a collection. */
async function heapOf(of: Page): Promise<number> {
  const session = await of.createCDPSession();
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
