/**
 * The operations that walk rows: what each reads and gives. Cases and their matrix, the tests of
 * kernels, the fuzzer and the benchmark take from here what they need of an operation; a new one is an
 * entry of this table.
 */
import { logSoftmaxOp } from '../src/ops/log-softmax';
import { logSoftmaxJvpOp } from '../src/ops/log-softmax-jvp';
import { logSoftmaxVjpOp } from '../src/ops/log-softmax-vjp';
import { logSumExpOp } from '../src/ops/log-sum-exp';
import { logSumExpVjpOp } from '../src/ops/log-sum-exp-vjp';
import { crossEntropyOps } from '../src/ops/loss';
import { softmaxOp } from '../src/ops/softmax';
import { softmaxVjpOp } from '../src/ops/softmax-vjp';
import type { RowOp as KernelOp } from '../src/rows/row-op';
import type { CaseOptions } from './cases';

/**
 * What an argument is: logits (`x`), what softmax or log-softmax gave of them, a vector of their shape to
 * push through (`v`); or one value a row.
 */
export type Role = 'x' | 'y' | 'logY' | 'v' | 'dLse' | 'targets';

/** Roles of tensors of the logits' shape; the others are one value a row. */
export const tensorRoles: readonly Role[] = ['x', 'y', 'logY', 'v'];

/** Where a result goes: like x, one value a row, two axes for one, or a single value. */
export type Layout = 'tensor' | 'values' | 'square' | 'scalar';

export interface Operation {
  /** Its arguments, by name, in their order. With logits goes a mask, with targets the options of a loss. */
  readonly takes: Readonly<Record<string, Role>>;
  /** Its results. One alone is returned as it is, several by name. */
  readonly gives: Readonly<Record<string, Layout>>;
  /** Its kernels' own parts, where it has kernels that walk rows. */
  readonly kernels: readonly KernelOp[];
  /** What the matrix tries of it: each is another kernel. */
  readonly matrix: readonly CaseOptions[];
}

const losses = Object.values(crossEntropyOps);

/** By name, which is that of the function and of its twin. */
export const operations = {
  softmax: {
    takes: { x: 'x' },
    gives: { out: 'tensor' },
    kernels: [softmaxOp],
    matrix: [{}],
  },
  logSoftmax: {
    takes: { x: 'x' },
    gives: { out: 'tensor' },
    kernels: [logSoftmaxOp],
    matrix: [{}],
  },
  logSumExp: {
    takes: { x: 'x' },
    gives: { out: 'values' },
    kernels: [logSumExpOp],
    matrix: [{}],
  },
  softmaxVjp: {
    takes: { y: 'y', dy: 'v' },
    gives: { out: 'tensor' },
    kernels: [softmaxVjpOp],
    matrix: [{}],
  },
  softmaxJvp: {
    takes: { y: 'y', dx: 'v' },
    gives: { out: 'tensor' },
    kernels: [softmaxVjpOp],
    // The kernels are softmaxVjp's.
    matrix: [],
  },
  logSoftmaxVjp: {
    takes: { logY: 'logY', dLogY: 'v' },
    gives: { out: 'tensor' },
    kernels: [logSoftmaxVjpOp],
    matrix: [{}],
  },
  logSoftmaxJvp: {
    takes: { logY: 'logY', dx: 'v' },
    gives: { out: 'tensor' },
    kernels: [logSoftmaxJvpOp],
    matrix: [{}],
  },
  logSumExpVjp: {
    takes: { x: 'x', dLse: 'dLse' },
    gives: { out: 'tensor' },
    kernels: [logSumExpVjpOp],
    matrix: [{}],
  },
  softmaxJacobian: {
    takes: { y: 'y' },
    gives: { out: 'square' },
    kernels: [],
    // It is a map, and has cases of its own.
    matrix: [],
  },
  crossEntropy: {
    takes: { logits: 'x', targets: 'targets' },
    gives: { loss: 'scalar', logSumExp: 'values' },
    kernels: losses,
    matrix: [{ reduction: 'none' }],
  },
  crossEntropyGrad: {
    takes: { logits: 'x', targets: 'targets' },
    gives: { grad: 'tensor' },
    kernels: losses,
    matrix: [{ ignore: true, lossGrad: 'number' }],
  },
  crossEntropyWithGrad: {
    takes: { logits: 'x', targets: 'targets' },
    gives: { loss: 'scalar', grad: 'tensor' },
    kernels: losses,
    matrix: [
      { weights: true },
      { labelSmoothing: 0.1, zLoss: 0.001, reduction: 'sum' },
      { targets: 'probabilities' },
    ],
  },
} as const satisfies Record<string, Operation>;

export type RowOp = keyof typeof operations;

export const rowOps = Object.keys(operations) as RowOp[];

export const isRowOp = (op: string): op is RowOp => op in operations;

/** Whether it is one of them that reads such an argument. */
export const takes = (op: string, role: Role): boolean =>
  isRowOp(op) && (Object.values(operations[op].takes) as Role[]).includes(role);

/** Whether it is one of them that gives such a result. */
export const gives = (op: string, layout: Layout): boolean =>
  isRowOp(op) && (Object.values(operations[op].gives) as Layout[]).includes(layout);

/** Its results as `out` takes them: one alone as it is, several by name. */
export function outOf<T>(op: RowOp, outs: Readonly<Record<string, T>>): T | Record<string, T> {
  const names = Object.keys(operations[op].gives);
  const [first, ...more] = names.map((name) => [name, outs[name]!] as const);
  return more.length === 0 ? first![1] : Object.fromEntries([first!, ...more]);
}

/** What it returned, by name. */
export function byName<T>(op: RowOp, returned: unknown): Record<string, T> {
  const names = Object.keys(operations[op].gives);
  if (names.length === 1) return { [names[0]!]: returned as T };
  const all = returned as Record<string, T>;
  return Object.fromEntries(names.map((name) => [name, all[name]!]));
}
