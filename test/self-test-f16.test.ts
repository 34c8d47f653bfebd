/** The self-test of the type f16 finds a device on which it is not what is stored, here one that we play. */
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from './browser/page';
import type { madeWith } from './self-test-f16.page';

const page = await openPage();
const run = (...args: Parameters<typeof madeWith>) =>
  callInPage<typeof madeWith>(page, '/test/self-test-f16.page.ts', 'madeWith', ...args);

const y = [0.090_026_86, 0.244_750_98, 0.665_039_06].map((p) => expect.closeTo(p, 8));
const typed = expect.stringMatching(/^softmax .* half-x\+y-typed x→y$/);
const packed = [
  expect.stringMatching(/^softmax .* half-x-native x→y$/),
  expect.stringMatching(/^narrow .* half-y-native x→y$/),
];

/** SwiftShader lacks the type, whatever a device says. */
const found =
  browserUnderTest().engine === 'firefox'
    ? {
        'the type is not there': /its test: createSoftmax: .*f16/s,
        'subnormals are read as 0': /its test: reading 5\.96\S+e-8 gives 0, and it should be 5\.96/,
        'infinities are read as the largest number':
          /its test: reading Infinity gives 65504, and it should be Infinity;/,
        'what is stored is cut off': /its test: storing \S+ gives \S+, and it should be \S+;/,
        'subnormals are stored as 0': /its test: storing \S+e-8 gives 0, and it should be \S+e-8;/,
        'what is too large is stored as the largest number':
          /its test: storing 65520 gives 65504, and it should be Infinity;/,
      }
    : { 'the type is not there': /its test: createSoftmax: .*f16/s };

test.each(Object.entries(found))('%s: packed halves, or an error', async (defeat, told) => {
  const planned = await run(defeat);
  expect(planned).toMatchObject({ labels: packed, y });
  expect(planned.rewritten).toBeGreaterThan(0);
  const { error } = await run(defeat, 'typed');
  expect(error).toMatch(
    /^Error: createSoftmax: halfConversion is 'typed', and this device's type f16 fails its test: /,
  );
  expect(error).toMatch(told);
  expect(error).toMatch(/; it may be 'integer' or 'native'$/);
});

test('packed halves are asked for: nothing is tested', async () => {
  expect(await run(undefined, 'native')).toMatchObject({ tested: 0, labels: packed, y });
});

if (browserUnderTest().engine === 'firefox') {
  test('a type that holds every half is used, after a test or two', async () => {
    expect(await run(undefined)).toMatchObject({ tested: 2, labels: [typed], y });
    expect(await run(undefined, 'typed')).toMatchObject({ tested: 2, labels: [typed], y });
  });
}
