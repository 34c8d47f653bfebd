/** What the accuracy of the libraries is measured on: logits and targets, by name. */

import { Random, uniform } from '../../conformance/random';
import type { HostTensor } from '../../src/reference';
import { benchOps } from '../ops';
import type { HostOperands } from './operands';
import type { PeerOp } from './ops';

/** The operations whose accuracy is measured. */
export const accuracyOps = [
  'softmax',
  'logSoftmax',
  'crossEntropyWithGrad',
] as const satisfies readonly PeerOp[];

export type AccuracyOp = (typeof accuracyOps)[number];

/** Rows of one kind. */
export interface AccuracyInput {
  /** As the tables have it. */
  readonly name: string;
  readonly length: number;
  /** All logits, row after row. */
  logits(): Float32Array;
  /** A class a row. */
  targets(): Int32Array;
}

const SEED = 1;
/** Finite as an f32; twice it is not. */
const HUGE = 3.4e38;

/** Rows of finite logits, whose errors are measured in ULP. */
export const finiteInputs: readonly AccuracyInput[] = [
  ...(
    [
      [10, 256],
      [1000, 64],
      [50_257, 4],
    ] as const
  ).map(([length, rows]) =>
    random(`uniform in ±8, K = ${length}`, length, rows, (n) => uniform(SEED, n, -8, 8)),
  ),
  random('0 … 80 below the maximum, K = 1000', 1000, 64, (n) => {
    const logits = uniform(SEED, n, -80, 0);
    for (let i = 0; i < n; i += 1000) logits[i] = 0;
    return logits;
  }),
  random('1000 ± 8, K = 1000', 1000, 64, (n) => uniform(SEED, n, 992, 1008)),
  random('all equal, K = 2²⁰', 2 ** 20, 1, (n) => new Float32Array(n).fill(0.1)),
  random('all but one equal, 11 below it, K = 2²⁰', 2 ** 20, 1, (n) => {
    const logits = new Float32Array(n).fill(-11);
    logits[12_345] = 0;
    return logits;
  }),
  {
    name: 'sure of the target, p ≈ 1 − 10⁻²⁰, K = 10',
    length: 10,
    logits: () => uniform(SEED, 80, -1, 1).map((x, i) => (i % 10 === 3 ? 48.2 : x)),
    targets: () => new Int32Array(8).fill(3),
  },
];

/** Single rows of special values: each library gives what PyTorch gives, or something else. */
export const specialInputs: readonly AccuracyInput[] = [
  special('some −∞', [-Infinity, 1, 2, -Infinity, 0.5, -1, 3, 0], 1),
  special('some −∞, the target too', [-Infinity, 1, 2, -Infinity, 0.5, -1, 3, 0], 0),
  special('−∞ alone', Array(8).fill(-Infinity), 1),
  special('a +∞', [0, 1, 2, Infinity, 0.5, -1, 3, 0], 1),
  special('a NaN', [0, 1, 2, NaN, 0.5, -1, 3, 0], 1),
  special('a NaN and a +∞', [0, 1, NaN, Infinity, 0.5, -1, 3, 0], 1),
  special('3.4·10³⁸ and −3.4·10³⁸, the target', [0, HUGE, 2, -HUGE, 0.5, -1, 3, 0], 3),
  special('3.4·10³⁸ alone', Array(8).fill(HUGE), 1),
  special('−3.4·10³⁸ and a −∞', [...Array(7).fill(-HUGE), -Infinity], 1),
  special('0 and −0', [0, -0, 0, -0, -0, 0, 0, -0], 1),
  special('subnormals', [1e-40, -1e-40, 1e-45, 0, -1e-45, 1e-39, -1e-39, 1e-42], 1),
];

export const accuracyInputs: readonly AccuracyInput[] = [...finiteInputs, ...specialInputs];

/** What an operation reads of an input. */
export function accuracyOperands(op: AccuracyOp, input: AccuracyInput): HostOperands {
  const logits = input.logits();
  const shape = { dims: [logits.length / input.length, input.length], axis: 1 };
  const tensors: Record<'x' | 'targets', () => HostTensor> = {
    x: () => ({ data: logits, shape: shape.dims }),
    targets: () => ({ data: input.targets(), shape: shape.dims.slice(0, 1) }),
  };
  const entries = benchOps[op].inputs.map((role) => [role, tensors[role]()] as const);
  return { shape, host: Object.fromEntries(entries) as HostOperands['host'], copies: 1 };
}

/** Rows whose targets are any class. */
function random(
  name: string,
  length: number,
  rows: number,
  make: (count: number) => Float32Array,
): AccuracyInput {
  return {
    name,
    length,
    logits: () => make(rows * length),
    targets: () => {
      const classes = new Random(SEED + 1);
      return Int32Array.from({ length: rows }, () => classes.integer(length));
    },
  };
}

/** One row. */
function special(name: string, row: readonly number[], target: number): AccuracyInput {
  return {
    name,
    length: row.length,
    logits: () => Float32Array.from(row),
    targets: () => Int32Array.of(target),
  };
}
