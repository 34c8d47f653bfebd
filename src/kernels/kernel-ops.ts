import type { Piece } from './pieces';

/** What the kernels of an operation read and write, and the files they are made of. */
export interface KernelOp {
  readonly pieces: readonly Piece[];
  /** First pass: the row's maximum. */
  readonly hasPeak: boolean;
  /** Second pass: the row's sums; without, every element is a map. */
  readonly hasSums: boolean;
  /** Size in bytes of WGSL's `Partial`, the record kept of a chunk. */
  readonly partialBytes: number;
  /** What elements past the row's end read as. */
  readonly padding: 'NEG_INF' | '0u';
}

const normalizer = { hasPeak: true, hasSums: true, padding: 'NEG_INF' } as const;
const sum = { hasPeak: false, hasSums: true, padding: '0u' } as const;

/** Every operation made of row walks. */
export const kernelOps = {
  softmax: {
    ...normalizer,
    pieces: ['ops/softmax', 'reductions/sum-of-exp'],
    partialBytes: 16,
  },
  'log-softmax': {
    ...normalizer,
    pieces: ['ops/log-softmax', 'reductions/sum-of-exp'],
    partialBytes: 16,
  },
  'log-sum-exp': {
    ...normalizer,
    pieces: ['ops/log-sum-exp', 'reductions/sum-of-exp'],
    partialBytes: 16,
  },
  'softmax-vjp': {
    ...sum,
    pieces: ['ops/softmax-vjp', 'reductions/plain-sum'],
    partialBytes: 16,
  },
  'log-softmax-vjp': {
    ...sum,
    pieces: ['ops/log-softmax-vjp', 'reductions/plain-sum', 'shared/exp-log'],
    partialBytes: 16,
    padding: 'NEG_INF',
  },
  'log-softmax-jvp': {
    ...sum,
    pieces: ['ops/log-softmax-jvp', 'reductions/plain-sum', 'shared/exp-log'],
    partialBytes: 16,
    padding: 'NEG_INF',
  },
  'log-sum-exp-vjp': {
    hasPeak: false,
    hasSums: false,
    pieces: ['ops/log-sum-exp-vjp', 'reductions/none'],
    partialBytes: 16,
    padding: 'NEG_INF',
  },
  'cross-entropy': {
    ...normalizer,
    pieces: ['ops/cross-entropy', 'targets/class-index', 'targets/index'],
    partialBytes: 32,
  },
  'cross-entropy-smoothed': {
    ...normalizer,
    pieces: [
      'ops/cross-entropy',
      'targets/distribution',
      'targets/smoothed-index',
      'targets/index',
    ],
    partialBytes: 32,
  },
  'cross-entropy-probabilities': {
    ...normalizer,
    pieces: ['ops/cross-entropy', 'targets/distribution', 'targets/probabilities'],
    partialBytes: 32,
  },
  'softmax-jacobian': {
    hasPeak: false,
    hasSums: false,
    pieces: ['ops/softmax-jacobian', 'reductions/none'],
    partialBytes: 16,
    padding: '0u',
  },
  'kept-weight': { ...sum, pieces: ['loss/kept-weight'], partialBytes: 32 },
  'loss-total': { ...sum, pieces: ['loss/total'], partialBytes: 32 },
} as const satisfies Record<string, KernelOp>;

export type KernelOpName = keyof typeof kernelOps;
