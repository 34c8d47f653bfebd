/**
 * The cases for the simulated GPU: every operation in every regime at small sizes, and what the planner
 * picks there for a GPU; special values, f16, high precision, masks and options in pairs, picks and draws.
 */
import type { Case } from '../../conformance/cases';
import {
  halfKernels,
  halfSpecials,
  halves,
  jacobians,
  kernels,
  lengths,
  matrixOf,
  specials,
} from '../../conformance/matrix';
import { rowOps } from '../../conformance/operations';
import { families, pairs } from '../../conformance/pairs';
import { partOf } from '../../conformance/random';
import { selectionPairs } from '../../conformance/selection-pairs';
import type { CreateOptions, RegimeName } from '../../src/index';

/** The longest row. Longer ones are walked as this one is. */
const LONGEST = 6625;

/** Lanes of the smallest subgroup, as the driver says. */
const SUBGROUPS = 32;

type Kernel = Omit<Case, 'shape' | 'seed'>;

const short = lengths.filter((length) => length <= LONGEST);

const lengthOf = ({ shape, axis = -1 }: Case) => shape.at(axis)!;
const isShort = (c: Case) => lengthOf(c) <= LONGEST;

/** Rows and columns as the planner has them walked. */
const planned = (kernel: Kernel): Case[] =>
  short.flatMap((length): Case[] => [
    { ...kernel, shape: [7, length], seed: length },
    { ...kernel, shape: [2, length, 9], axis: 1, seed: length },
  ]);

const picks = (regime?: RegimeName): Case[] =>
  [1, 5, 60, 257, 1024, 5001].flatMap((length): Case[] => {
    const of = { seed: length, ...(regime && { regime }) };
    return [
      { op: 'argmax', shape: [7, length], ...of },
      { op: 'argmax', shape: [length, 5], axis: 0, ...of },
      { op: 'topK', k: 5, values: 'probabilities', shape: [7, length], ...of },
      { op: 'topK', k: 2, values: 'logProbabilities', mask: 'boolean', shape: [3, length], ...of },
      { op: 'topK', k: 3, shape: [2, length, 3], axis: 1, ...of },
      { op: 'sample', draws: 4, shape: [7, length], ...of },
      { op: 'sample', draws: 2, k: 3, mask: 'additive', shape: [3, length], ...of },
      { op: 'sample', greedy: true, shape: [3, length], rowOffset: 5, ...of },
      { op: 'sample', own: { topP: 0.9, minP: 0.01 }, draws: 4, shape: [3, length], ...of },
      { op: 'cutoff', own: { topP: 0.99 }, k: 1000, shape: [3, length], ...of },
      { op: 'logProbabilities', k: 5, mask: 'bits', shape: [3, length], ...of },
    ];
  });

const training: readonly Case[] = [
  ...[
    [5, 3],
    [33, 10],
    [64, 130],
    [100, 257],
  ].flatMap((shape, seed): Case[] => [
    { op: 'linearCrossEntropy', shape, seed },
    { op: 'linearCrossEntropy', shape, seed, depth: 64, bias: true, picked: true },
    { op: 'linearCrossEntropy', shape, seed, depth: 33, bias: true, labelSmoothing: 0.1 },
    { op: 'linearCrossEntropy', shape, seed, depth: 7, targets: 'probabilities', weights: true },
  ]),
  ...[1, 257, 5000].flatMap((length): Case[] => [
    { op: 'sgdStep', shape: [length], seed: length },
    { op: 'sgdStep', shape: [length], seed: length, momentum: 0.9, weightDecay: 0.1 },
    { op: 'adamStep', shape: [length], seed: length, weightDecay: 0.1 },
    { op: 'adamStep', shape: [length], seed: 100, weightDecay: 0.1, decoupled: false },
  ]),
];

const high = rowOps
  .filter((op) => !/Vjp|Jvp|Jacobian/.test(op))
  .flatMap((op) => [
    ...matrixOf({ op, precision: 'high' }, false, SUBGROUPS),
    ...matrixOf({ op, precision: 'high' }, true, SUBGROUPS),
  ]);

/** Halves that are packed in words, as devices without the type have them. */
const packed = {
  'f16 in words, converted by integers': 'integer',
  'f16 in words, converted by the device': 'native',
} as const;

/** What an engine for a list is made with. */
export const optionsFor = (name: string): Pick<CreateOptions, 'halfConversion'> =>
  name in packed ? { halfConversion: packed[name as keyof typeof packed] } : {};

/** Lists of cases, by what they are about. */
const lists: Readonly<Record<string, () => readonly Case[]>> = {
  ...Object.fromEntries(
    kernels.map((kernel) => [
      JSON.stringify(kernel),
      () => [
        ...planned(kernel),
        ...matrixOf(kernel, false, SUBGROUPS).filter(isShort),
        ...matrixOf(kernel, true, SUBGROUPS).filter(isShort),
      ],
    ]),
  ),
  'special values': () =>
    kernels.flatMap((kernel) => [
      ...specials(kernel, SUBGROUPS, [1, 5, 64, 257, 1000]),
      { ...kernel, shape: [18, 64], seed: 64, special: true },
    ]),
  f16: () => halfKernels.flatMap((kernel) => halves(kernel, SUBGROUPS)),
  ...Object.fromEntries(
    Object.keys(packed).map((name) => [
      name,
      () => [
        ...halves({ op: 'softmax' }, SUBGROUPS),
        ...halfSpecials({ op: 'softmax' }, SUBGROUPS),
      ],
    ]),
  ),
  'special values in f16': () => halfKernels.flatMap((kernel) => halfSpecials(kernel, SUBGROUPS)),
  'high precision': () => high.filter(isShort),
  'options of logits in pairs': () => pairs(families[0]!, 1, SUBGROUPS).cases,
  'options of derivatives in pairs': () => pairs(families[1]!, 1, SUBGROUPS).cases,
  'options of losses in pairs': () => pairs(families[3]!, 1, SUBGROUPS).cases,
  'options of picks, filters and draws in pairs': () => selectionPairs(1).cases.filter(isShort),
  jacobians: () => jacobians().filter((c) => lengthOf(c) <= 257),
  'picks and draws': () => [
    ...picks(),
    ...picks('split-per-invocation'),
    ...picks('split-per-workgroup'),
    { op: 'topK', k: 2048, values: 'renormalized', shape: [1, 5001], seed: 1 },
    { op: 'countTokens', shape: [7, 1000], seed: 2 },
    { op: 'countTokens', shape: [3, 5], k: 300, seed: 3 },
  ],
  'a linear layer, and steps': () => training,
};

export const namesOfLists: readonly string[] = Object.keys(lists);

/**
 * The cases of a list, or a share of them.
 *
 * @param share of them, 0 to 1; at least one.
 * @param seed draws them.
 */
export const casesOf = (name: string, share: number, seed: number): readonly Case[] =>
  partOf(lists[name]!(), share, seed + namesOfLists.indexOf(name));
