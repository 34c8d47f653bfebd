import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import type * as page from './adjust.page';
import type { runList } from './matrix.page';

const adjusts = [
  ['bias'],
  ['repetition-first'],
  ['additive-first'],
  ['bias', 'repetition-first'],
  ['bias', 'additive-first'],
] as const;

/** Every way to adjust; the other options beside them are in all pairs. */
const cases: Case[] = adjusts.flatMap((adjust, i): Case[] => [
  { op: 'argmax', shape: [7, 1000], seed: 10 + i, adjust },
  { op: 'topK', shape: [7, 257], k: 50, seed: 30 + i, adjust, byteOffset: 4 },
  { op: 'topK', shape: [200, 6], k: 50, axis: 0, seed: 60 + i, adjust },
  { op: 'topK', shape: [7, 257], k: 50, seed: 80 + i, adjust, f16: ['x'], byteOffset: 2 },
  { op: 'topK', shape: [18, 64], k: 50, seed: 90 + i, adjust, special: true },
  { op: 'sample', shape: [7, 1000], draws: 20, seed: 110 + i, adjust },
  { op: 'sample', shape: [7, 1000], greedy: true, seed: 130 + i, adjust },
]);
cases.push(
  { op: 'topK', shape: [2, 50_257], k: 50, seed: 1, adjust: ['bias', 'repetition-first'] },
  { op: 'argmax', shape: [0, 9], seed: 1, adjust: ['bias', 'repetition-first'] },
);

const counts: Case[] = [
  ...[1, 2].flatMap((seed): Case[] => [
    { op: 'countTokens', shape: [7, 1000], seed },
    { op: 'countTokens', shape: [3, 5], k: 300, seed, byteOffset: 4 },
    { op: 'countTokens', shape: [2, 3, 65], k: 1, seed },
  ]),
  { op: 'countTokens', shape: [5], k: 9, seed: 3 },
  { op: 'countTokens', shape: [3, 5], k: 0, seed: 3 },
];

const inPage = async <F extends (...args: never[]) => unknown>(
  module: string,
  name: string,
  ...args: Parameters<F>
) => callInPage<F>(await sharedPage(), `/test/ops/${module}.page.ts`, name, ...args);

test('logits with a bias and penalties, and tokens that are counted', async () => {
  check('adjust', await inPage<typeof runList>('matrix', 'runList', [...cases, ...counts]));
});

test('values by hand', async () => {
  expect(await inPage<typeof page.byHand>('adjust', 'byHand')).toMatchInlineSnapshot(`
    {
      "additiveFirst": [
        1,
        -5.5,
        1,
        1.625,
      ],
      "back": [
        2147483648,
        2147483649,
        0,
        1,
      ],
      "bias": [
        3,
        0,
        1,
        4,
      ],
      "both": [
        1,
        -0.25,
        1,
        1.25,
      ],
      "counted": [
        2147483648,
        2147483649,
        0,
        2,
      ],
      "frequency": [
        2,
        -2.5,
        1,
        3.5,
      ],
      "greatestCount": [
        -2147483648,
        -2147483648,
        1,
        4,
      ],
      "none": [
        2,
        -2,
        1,
        4,
      ],
      "presence": [
        2,
        -2.25,
        1,
        3.75,
      ],
      "repetition": [
        1,
        -4,
        1,
        2,
      ],
      "repetitionFirst": [
        1,
        -4.75,
        1,
        1.25,
      ],
      "sampled": [
        2,
      ],
    }
  `);
});

test('blocks that a small binding can hold give the same', async () => {
  expect(await inPage<typeof page.inBlocks>('adjust', 'inBlocks')).toEqual([]);
});

test('wrong arguments are named', async () => {
  expect(await inPage<typeof page.refused>('adjust', 'refused')).toMatchInlineSnapshot(`
    [
      "TypeError: argmax: adjust: expected what adjust() gives, got an Object",
      "TypeError: adjust: options: expected an object, got undefined",
      "TypeError: argmax: bias: expected an object, got 3",
      "RangeError: sample: bias.indices[0] 3 is out of range [0, 2]",
      "RangeError: sample: bias.indices[0] -1 is out of range [0, 2]",
      "RangeError: sample: bias.indices[0]: expected an integer in [0, 2], got 0.5",
      "RangeError: sample: bias.values: expected 2, as many as indices, got 1",
      "TypeError: sample: bias.values: expected a GpuTensor (made by tensor() or wrap()) or an array of numbers, got 1",
      "TypeError: sample: bias.indices: expected dtype 'i32' or 'u32', got 'f32'",
      "RangeError: sample: bias.indices: expected at most 4096 (an additive mask takes more), got 5000",
      "RangeError: topK: penalties.counts: expected shape [2, 3] (the shape of x), got [3]",
      "TypeError: topK: penalties.counts: expected dtype 'u32', got 'i32'",
      "TypeError: topK: penalties.counts: expected a GpuTensor (made by tensor() or wrap()), got undefined",
      "RangeError: topK: penalties.repetition 0 is out of range [7.888609052210118e-31, 1.2676506002282294e+30]",
      "RangeError: topK: penalties.frequency: expected a number in [-1000000, 1000000], got NaN",
      "RangeError: topK: penalties.presence 10000000 is out of range [-1000000, 1000000]",
      "RangeError: topK: penalties.order: expected 'repetition-first' or 'additive-first', got 'first'",
      "RangeError: countTokens: tokens[1]: expected an integer below 3, got 3",
      "RangeError: countTokens: tokens: expected as many for each of 2 rows, got 3",
      "RangeError: countTokens: tokens: expected shape [2] or [2, m], got [3, 2]",
      "TypeError: countTokens: tokens: expected dtype 'i32' or 'u32', got 'f32'",
      "RangeError: countTokens: by: expected an integer in [-1073741824, 1073741824], got 0.5",
      "TypeError: countTokens: counts: expected dtype 'u32', got 'f32'",
    ]
  `);
});
