/** Every operation as the benchmark runs it: what it reads, how it is called, what it must give. */

import type { GpuTensor, RegimeName } from '../src';
import {
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
} from '../src/index';
import type { HostTensor, Reference } from '../src/reference';
import * as reference from '../src/reference';
import type { Traffic } from './floor';

/** Tensors of the shape: logits, a vector to push through, and what the forward pass gave. */
export type TensorRole = 'x' | 'v' | 'y' | 'logY';
/** One value a row. */
export type ValueRole = 'dLse' | 'targets';
export type InputRole = TensorRole | ValueRole;

/** Where results go: like x, one value a row, two axes for one, or a single value. */
export type ResultLayout = 'tensor' | 'values' | 'square' | 'scalar';

/** What a call gets: inputs and places for results, on the GPU. */
export interface Bound {
  readonly inputs: Readonly<Record<InputRole, GpuTensor>>;
  readonly out: Readonly<Record<ResultLayout, GpuTensor>>;
  readonly axis: number;
  /** Record into this pass instead of submitting. */
  readonly pass?: GPUComputePassEncoder;
  /** The regime in place of the planner's choice. */
  readonly regime?: RegimeName;
}

export interface BenchOp {
  readonly inputs: readonly InputRole[];
  readonly results: readonly ResultLayout[];
  /** The minimal traffic in whole tensors: of the shape of x, or of the result where it is square. */
  readonly traffic: Traffic;
  /** Values a row that are moved besides. */
  readonly valuesPerRow: number;
  /** A result depends on all rows together, so a check of some rows will not do. */
  readonly couplesRows?: true;
  /** Calls the library; the results are in the order of `results`. */
  run(bound: Bound): void;
  /** The same in float64, along the last axis. */
  check(inputs: Readonly<Record<InputRole, HostTensor>>): Reference[];
}

/** The options that every call takes. */
const common = ({ axis, pass, regime }: Bound) => ({
  axis,
  ...(pass && { pass }),
  ...(regime && { regime }),
});
const toTensor = (bound: Bound) => ({ ...common(bound), out: bound.out.tensor });

const normalizer = {
  inputs: ['x'],
  results: ['tensor'],
  traffic: { reads: 1, writes: 1 },
  valuesPerRow: 0,
} as const;
const product = { results: ['tensor'], traffic: { reads: 2, writes: 1 }, valuesPerRow: 0 } as const;

/** By name. Cross-entropy is called with class indices and the mean over rows, its default. */
export const benchOps = {
  softmax: {
    ...normalizer,
    run: (b) => softmax(b.inputs.x, toTensor(b)),
    check: ({ x }) => [reference.softmax(x)],
  },
  logSoftmax: {
    ...normalizer,
    run: (b) => logSoftmax(b.inputs.x, toTensor(b)),
    check: ({ x }) => [reference.logSoftmax(x)],
  },
  logSumExp: {
    inputs: ['x'],
    results: ['values'],
    traffic: { reads: 1, writes: 0 },
    valuesPerRow: 1,
    run: (b) => logSumExp(b.inputs.x, { ...common(b), out: b.out.values }),
    check: ({ x }) => [reference.logSumExp(x)],
  },
  softmaxVjp: {
    ...product,
    inputs: ['y', 'v'],
    run: (b) => softmaxVjp(b.inputs.y, b.inputs.v, toTensor(b)),
    check: ({ y, v }) => [reference.softmaxVjp(y, v)],
  },
  softmaxJvp: {
    ...product,
    inputs: ['y', 'v'],
    run: (b) => softmaxJvp(b.inputs.y, b.inputs.v, toTensor(b)),
    check: ({ y, v }) => [reference.softmaxJvp(y, v)],
  },
  logSoftmaxVjp: {
    ...product,
    inputs: ['logY', 'v'],
    run: (b) => logSoftmaxVjp(b.inputs.logY, b.inputs.v, toTensor(b)),
    check: ({ logY, v }) => [reference.logSoftmaxVjp(logY, v)],
  },
  logSoftmaxJvp: {
    ...product,
    inputs: ['logY', 'v'],
    run: (b) => logSoftmaxJvp(b.inputs.logY, b.inputs.v, toTensor(b)),
    check: ({ logY, v }) => [reference.logSoftmaxJvp(logY, v)],
  },
  logSumExpVjp: {
    inputs: ['x', 'dLse'],
    results: ['tensor'],
    traffic: { reads: 1, writes: 1 },
    valuesPerRow: 1,
    run: (b) => logSumExpVjp(b.inputs.x, b.inputs.dLse, toTensor(b)),
    check: ({ x, dLse }) => [reference.logSumExpVjp(x, dLse)],
  },
  softmaxJacobian: {
    inputs: ['y'],
    results: ['square'],
    traffic: { reads: 0, writes: 1 },
    valuesPerRow: 0,
    run: (b) => softmaxJacobian(b.inputs.y, { ...common(b), out: b.out.square }),
    check: ({ y }) => [reference.softmaxJacobian(y)],
  },
  crossEntropy: {
    inputs: ['x', 'targets'],
    results: ['scalar', 'values'],
    traffic: { reads: 1, writes: 0 },
    valuesPerRow: 2,
    couplesRows: true,
    run: (b) =>
      crossEntropy(b.inputs.x, b.inputs.targets, {
        ...common(b),
        out: { loss: b.out.scalar, logSumExp: b.out.values },
      }),
    check: ({ x, targets }) => {
      const { loss, logSumExp } = reference.crossEntropy(x, targets);
      return [loss, logSumExp];
    },
  },
  crossEntropyGrad: {
    inputs: ['x', 'targets'],
    results: ['tensor'],
    traffic: { reads: 1, writes: 1 },
    valuesPerRow: 1,
    couplesRows: true,
    run: (b) => crossEntropyGrad(b.inputs.x, b.inputs.targets, toTensor(b)),
    check: ({ x, targets }) => [reference.crossEntropyGrad(x, targets)],
  },
  crossEntropyWithGrad: {
    inputs: ['x', 'targets'],
    results: ['scalar', 'tensor'],
    traffic: { reads: 1, writes: 1 },
    valuesPerRow: 1,
    couplesRows: true,
    run: (b) =>
      crossEntropyWithGrad(b.inputs.x, b.inputs.targets, {
        ...common(b),
        out: { loss: b.out.scalar, grad: b.out.tensor },
      }),
    check: ({ x, targets }) => {
      const { loss, grad } = reference.crossEntropyWithGrad(x, targets);
      return [loss, grad];
    },
  },
} as const satisfies Record<string, BenchOp>;

export type OpName = keyof typeof benchOps;

export const opNames = Object.keys(benchOps) as OpName[];
