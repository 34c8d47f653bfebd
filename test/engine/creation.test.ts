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
      wrong: 'TypeError: createEngineOn: signal is 5; it must be an AbortSignal',
      aborted: 'before',
      alive: 1,
      left: 0,
    });
  });
});

test('a device that is lost already is refused with its reason', async () => {
  const reason = expect.stringMatching(/^Error: createEngine: the device is lost \(destroyed\): ./);
  // Firefox tells some 80 ms later.
  const justNow = browserUnderTest().engine === 'firefox' ? 'an engine' : reason;
  expect(await run('lost')).toEqual({ borrowed: reason, justNow, own: reason });
});

test('a creation that fails leaves no device', async () => {
  const { told, left, devices } = await run('failing');
  expect(left).toBe(0);
  expect(devices).toBeGreaterThanOrEqual(5);
  expect(told).toEqual({
    'no options': 'TypeError: createEngine: options is null; it must be an object',
    device: 'TypeError: createEngine: device is null; it must be a GPUDevice',
    signal: 'TypeError: createEngine: signal is 5; it must be an AbortSignal',
    'adapter class': "RangeError: createEngine: adapterClass is 'tpu'; it may be 'cpu' or 'gpu'",
    binding: expect.stringMatching(
      /^RangeError: createEngine: maxStorageBufferBindingSize is 1; it may be an integer of 1024 … \d+$/,
    ),
    f16: 'TypeError: createEngine: f16 is 5; it may be f16, which the library exports',
    halves:
      "RangeError: createEngine: halfConversion is 'magic'; it may be 'integer', 'native' or 'typed'",
    'self-test': expect.stringMatching(
      /^Error: createEngine: halfConversion is 'typed', and this device's type f16 fails its test: ./,
    ),
  });
});
