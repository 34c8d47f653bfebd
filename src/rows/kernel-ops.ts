import type { Piece, Twin } from './pieces';

/** What the kernels of an operation read and write, and the files they are made of. */
export interface KernelOp {
  readonly pieces: readonly Piece[];
  /** Files of which there is a second, `…-high`, for `precision: 'high'`. */
  readonly twins: readonly Twin[];
  /** First pass: the row's maximum. */
  readonly hasPeak: boolean;
  /** How many sums a row has. */
  readonly sums: 1 | 2 | 3 | 4;
  /** What it keeps of an element after the sums is not the element: an exponential. */
  readonly keeps: boolean;
  /** It reduces the batch's rows to one value: its own row is as long as there are rows. */
  readonly acrossRows: boolean;
  /** What elements past the row's end read as. */
  readonly padding: 'NEG_INF' | '0u';
}

const normalizer = {
  hasPeak: true,
  sums: 1,
  keeps: false,
  acrossRows: false,
  padding: 'NEG_INF',
} as const;
const sum = { ...normalizer, hasPeak: false, sums: 2, padding: '0u', twins: [] } as const;
const map = { ...normalizer, hasPeak: false, twins: [] } as const;

/** Every operation made of row walks. */
export const kernelOps = {
  softmax: {
    ...normalizer,
    keeps: true,
    pieces: ['ops/softmax', 'shared/shares'],
    twins: ['reductions/sum-of-exp'],
  },
  'log-softmax': {
    ...normalizer,
    pieces: ['ops/log-softmax', 'reductions/exps-of-logits'],
    twins: ['reductions/sum-of-exp'],
  },
  'log-sum-exp': {
    ...normalizer,
    pieces: ['ops/log-sum-exp', 'reductions/exps-of-logits'],
    twins: ['reductions/sum-of-exp'],
  },
  'softmax-vjp': {
    ...sum,
    pieces: ['ops/softmax-vjp', 'reductions/plain-sum'],
  },
  'log-softmax-vjp': {
    ...sum,
    pieces: ['ops/log-softmax-vjp', 'reductions/plain-sum', 'shared/exp-log'],
    padding: 'NEG_INF',
  },
  'log-softmax-jvp': {
    ...sum,
    pieces: ['ops/log-softmax-jvp', 'reductions/plain-sum', 'shared/exp-log'],
    padding: 'NEG_INF',
  },
  'log-sum-exp-vjp': {
    ...normalizer,
    keeps: true,
    pieces: ['ops/log-sum-exp-vjp', 'shared/shares'],
    twins: ['reductions/sum-of-exp'],
  },
  'cross-entropy': {
    ...normalizer,
    sums: 3,
    keeps: true,
    pieces: ['ops/cross-entropy', 'targets/class-index', 'targets/index'],
    twins: ['reductions/class-index'],
  },
  'cross-entropy-smoothed': {
    ...normalizer,
    sums: 4,
    keeps: true,
    pieces: [
      'ops/cross-entropy',
      'targets/distribution',
      'targets/smoothed-index',
      'targets/index',
    ],
    twins: ['reductions/distribution'],
  },
  'cross-entropy-probabilities': {
    ...normalizer,
    sums: 4,
    keeps: true,
    pieces: ['ops/cross-entropy', 'targets/distribution', 'targets/probabilities'],
    twins: ['reductions/distribution'],
  },
  'softmax-jacobian': {
    ...map,
    pieces: ['ops/softmax-jacobian'],
  },
  convert: { ...map, pieces: ['ops/convert'] },
  'kept-weight': { ...sum, acrossRows: true, pieces: ['loss/kept-weight'] },
  'loss-total': { ...sum, acrossRows: true, sums: 3, pieces: ['loss/total'] },
} as const satisfies Record<string, KernelOp>;

export type KernelOpName = keyof typeof kernelOps;
