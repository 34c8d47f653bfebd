/** The self-test of the type f16 finds a device on which it is not what is stored, here one that we play. */
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from '../browser/page';
import type { madeWith } from './f16.page';

const page = await openPage();
const run = (...args: Parameters<typeof madeWith>) =>
  callInPage<typeof madeWith>(page, '/test/self-test/f16.page.ts', 'madeWith', ...args);

const y = [0.09002685546875, 0.2447509765625, 0.6650390625];
const typed = expect.stringMatching(/^softmax .* half-x\+y-typed x→y$/);
const packed = [
  expect.stringMatching(/^softmax .* half-x-native x→y$/),
  expect.stringMatching(/^convert f32→f16 native$/),
];

/** What is told of each device on which the type is not what is stored. */
const found =
  browserUnderTest().engine === 'firefox'
    ? {
        'subnormals are read as 0': 'reading 5.960464477539063e-8 gives 0, and it should be 5.96',
        'infinities are read as the largest number':
          'reading Infinity gives 65504, and it should be Infinity)',
        'what is stored is cut off':
          'storing 8.940696716308594e-8 gives 5.960464477539063e-8, and it should be 1.19',
        'subnormals are stored as 0': 'storing 2.980232594040899e-8 gives 0, and it should be 5.96',
        'what is too large is stored as the largest number':
          'storing 65520 gives 65504, and it should be Infinity)',
      }
    : // SwiftShader lacks the type, whatever its device is made to say.
      { none: 'createEngine: self-test ' };

test.each(Object.entries(found))('%s: packed halves, or an error', async (defeat, told) => {
  expect(await run(defeat)).toMatchObject({ labels: packed, y });
  const { error } = await run(defeat, 'typed');
  expect(error).toContain(
    `Error: createEngine: halfConversion: expected 'integer' or 'native' (this device's type f16 fails its test: ${told}`,
  );
  expect(error).toMatch(/\), got 'typed'$/);
});

test('packed halves are asked for: nothing is tested', async () => {
  expect(await run('none', 'native')).toMatchObject({ tested: [0, 0], labels: packed, y });
});

if (browserUnderTest().engine === 'firefox') {
  test('a type that holds every half is used', async () => {
    expect(await run('none')).toMatchObject({ tested: [2, 0], labels: [typed], y });
    expect(await run('none', 'typed')).toMatchObject({ tested: [2, 0], labels: [typed], y });
  });
}
