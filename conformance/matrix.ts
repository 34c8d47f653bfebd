/**
 * The matrix of cases, in full: every regime, forced, times every operation, times every row
 * length, times 1 and 7 rows.
 */
import type { RegimeName } from '../src/index';
import { regimeNames } from '../src/rows/regimes';
import { canTake } from '../src/rows/tiers';
import type { Case } from './cases';
import { operations, rowOps } from './operations';
import { specialRows } from './special';

/** Row lengths: around every power and multiple that a kernel may trip over. */
export const lengths = [
  1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 1025, 4095,
  4096, 4097, 6625, 50_257, 131_075, 1_000_003,
];

/** Every kernel: each operation on rows, and the options that make another of it. */
export const kernels: readonly Omit<Case, 'shape' | 'seed'>[] = rowOps.flatMap((op) =>
  operations[op].matrix.map((options) => ({ op, ...options })),
);

/** Lanes of the device's smallest subgroup, or 0 where there are none. */
export const subgroupsOf = ({ features, adapterInfo }: GPUDevice): number =>
  features.has('subgroups') ? adapterInfo.subgroupMinSize || 4 : 0;

/** Whether a regime takes rows of this length, contiguous or strided; `subgroups`: the device's. */
export const takes = (
  regime: RegimeName,
  length: number,
  strided: boolean,
  subgroups: number,
): boolean =>
  canTake(regime, length, strided, {
    adapter: 'cpu',
    subgroups: subgroups > 0,
    subgroupMinSize: subgroups,
  });

/** The cases of one kernel: forced regimes innermost, so that inputs and references are shared. */
export function matrixOf(
  kernel: Omit<Case, 'shape' | 'seed'>,
  strided: boolean,
  subgroups: number,
): Case[] {
  const cases: Case[] = [];
  for (const length of lengths) {
    for (const rows of [1, 7]) {
      // Strided: the axis comes first, and the rows are columns.
      const shape = strided ? [length, rows] : [rows, length];
      if (strided && rows === 1) continue;
      const seed = length * 10 + rows;
      const forced = regimeNames.filter((name) => takes(name, length, strided, subgroups));
      for (const regime of forced) {
        cases.push({ ...kernel, shape, axis: strided ? 0 : 1, seed, regime });
      }
    }
  }
  return cases;
}

/**
 * A kernel of each way to load and store row data: x to y, x to a value, x and v to y, x and values to
 * y, all of them. f16 is a matter of those alone; all-pairs has every other kernel in every regime.
 */
export const halfKernels = kernels.filter(
  ({ op, targets }) =>
    ['softmax', 'logSumExp', 'softmaxVjp', 'logSumExpVjp'].includes(op) ||
    targets === 'probabilities',
);

/**
 * The compact matrix of f16, in and out: every regime with rows of an odd number of halves and of
 * whole words, starting on a word and in the middle of one, and the planner's choice with whole quads and columns.
 */
export function halves(kernel: Omit<Case, 'shape' | 'seed'>, subgroups: number): Case[] {
  const cases: Case[] = [];
  const f16 = ['x', 'v', 'y'] as const;
  for (const length of [257, 4102]) {
    for (const regime of regimeNames.filter((name) => takes(name, length, false, subgroups))) {
      for (const [rows, byteOffset] of [
        [1, 4],
        [1, 6],
        [7, 4],
        [7, 2],
      ] as const) {
        const shape = [rows, length];
        cases.push({ ...kernel, shape, seed: length + rows, regime, f16, byteOffset });
      }
    }
  }
  cases.push({ ...kernel, shape: [7, 64], seed: 64, f16 });
  for (const columns of [5, 6, 8]) {
    for (const byteOffset of [0, 2]) {
      const shape = [2, 66, columns];
      cases.push({ ...kernel, shape, axis: 1, seed: columns, f16, byteOffset });
    }
  }
  const split = { regime: 'split-per-invocation', shape: [2, 66, 5], axis: 1 } as const;
  cases.push(
    { ...kernel, ...split, seed: 5, f16 },
    { ...kernel, ...split, seed: 5, f16, byteOffset: 2 },
  );
  return cases;
}

/** Special values in f16, in and out. */
export function halfSpecials(kernel: Omit<Case, 'shape' | 'seed'>, subgroups: number): Case[] {
  const f16 = ['x', 'v', 'y'] as const;
  const [shape, rows] = [[specialRows, 64], { seed: 64, special: true, f16 }];
  const forced = regimeNames.filter((name) => takes(name, 257, false, subgroups));
  return [
    { ...kernel, ...rows, shape },
    ...forced.map((regime): Case => ({ ...kernel, ...rows, shape: [specialRows, 257], regime })),
  ];
}

/** Jacobians, of lengths whose square is modest. */
export function jacobians(): Case[] {
  return lengths
    .filter((length) => length <= 1025)
    .flatMap((length): Case[] => [
      { op: 'softmaxJacobian', shape: [2, length], seed: length },
      { op: 'softmaxJacobian', shape: [length, 3], axis: 0, seed: length, scale: 0.7 },
      { op: 'softmaxJacobian', shape: [length, 3], axis: 0, seed: length, f16: ['x', 'y'] },
    ]);
}

/** 65 536 and 100 003 rows of 3, more than a dispatch has workgroups in one dimension. */
export function manyRows(kernel: Omit<Case, 'shape' | 'seed'>, subgroups: number): Case[] {
  return [65_536, 100_003].flatMap((rows): Case[] => [
    ...regimeNames
      .filter((regime) => takes(regime, 3, false, subgroups))
      .map((regime): Case => ({ ...kernel, shape: [rows, 3], seed: rows, regime })),
    { ...kernel, shape: [3, rows], axis: 0, seed: rows },
  ]);
}

/** Special values, for every kernel and regime, at a few lengths of the matrix and scales. */
export function specials(
  kernel: Omit<Case, 'shape' | 'seed'>,
  subgroups: number,
  lengths: readonly number[] = [1, 5, 64, 4097],
): Case[] {
  const cases: Case[] = [];
  for (const length of lengths) {
    for (const options of [
      {},
      { emptyRows: 'zero' },
      { scale: 0 },
      { scale: 0.01 },
      { scale: 3e5 },
    ] as const) {
      // s·lse² is beyond f32 there, whatever is done.
      if (kernel.zLoss && 'scale' in options && options.scale > 1) continue;
      // A sum over rows is NaN if one is: that is seen once, and the loss of each row in the others.
      const loss = kernel.op.startsWith('crossEntropy') && Object.keys(options).length > 0;
      const of = { ...kernel, ...options, ...(loss && { reduction: 'none' as const }) };
      for (const regime of regimeNames.filter((name) => takes(name, length, false, subgroups))) {
        cases.push({ ...of, shape: [specialRows, length], seed: length, special: true, regime });
      }
    }
  }
  return cases;
}
