/** Creation can be given up, and leaves no device behind when it is, or when it fails. */
import { describe, expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import type * as module from './creation.page';

async function run<N extends keyof typeof module>(
  name: N,
  ...args: Parameters<(typeof module)[N]>
) {
  // Of a shader that does not compile Firefox tells on the console too.
  const page = await openPage('/test/browser/blank.html', /shader|^Parent device is lost$/i);
  const call = callInPage<(...args: never[]) => ReturnType<(typeof module)[N]>>;
  return call(page, '/test/engine/creation.page.ts', name, ...(args as never[]));
}

describe('given up', () => {
  test.each([
    ['at once', 50],
    ['adapter', 50],
    ['device', 50],
    ['test', 3],
  ] as const)('%s: %i engines leave no device', async (when, count) => {
    const { reasons, left, devices } = await run('abandoned', count, when);
    expect(reasons).toEqual(['enough']);
    expect(left).toBe(0);
    // Adapters that are there when it is given up are asked for no device.
    if (when === 'at once' || when === 'adapter') expect(devices).toBe(0);
    else expect(devices).toBeGreaterThan(0);
  });

  test('before it began: nothing is asked for', async () => {
    expect(await run('aborted')).toEqual({ told: 'before', adapters: 0 });
  });

  test('too late: the engine stays', async () => {
    expect(await run('kept')).toEqual({ p: [0.5, 0.5], alive: 1, left: 0 });
  });

  test('on a runtime: its device stays', async () => {
    expect(await run('onRuntime')).toEqual({
      never: 'enough',
      wrong: 'TypeError: createEngineOn: signal: expected an AbortSignal, got 5',
      aborted: 'before',
      alive: 1,
      left: 0,
    });
  });
});

test('a device that is lost already is refused with its reason', async () => {
  const reason = expect.stringMatching(
    /^Error: createEngine: the device is lost \(destroyed: .+\); create another engine$/s,
  );
  // Firefox tells some 80 ms later.
  const justNow = browserUnderTest().engine === 'firefox' ? 'an engine' : reason;
  expect(await run('lost')).toEqual({ borrowed: reason, justNow, own: reason });
});

test('a creation that fails leaves no device', async () => {
  const { told, left, devices } = await run('failing');
  expect(left).toBe(0);
  expect(devices).toBeGreaterThanOrEqual(5);
  expect(told).toEqual({
    'no options': 'TypeError: createEngine: options: expected an object, got null',
    device: 'TypeError: createEngine: device: expected a GPUDevice, got null',
    signal: 'TypeError: createEngine: signal: expected an AbortSignal, got 5',
    'adapter class': "RangeError: createEngine: adapterClass: expected 'cpu' or 'gpu', got 'tpu'",
    binding: expect.stringMatching(
      /^RangeError: createEngine: maxStorageBufferBindingSize 1 is out of range \[1024, \d+\]$/,
    ),
    f16: 'TypeError: createEngine: f16: expected f16 (exported by the library), got 5',
    halves:
      "RangeError: createEngine: halfConversion: expected 'integer', 'native' or 'typed', got 'magic'",
    'self-test': expect.stringMatching(
      /^Error: createEngine: halfConversion: expected 'integer' or 'native' \(this device's type f16 fails its test: .+\), got 'typed'$/s,
    ),
  });
});
