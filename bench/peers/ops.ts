import type { OpName } from '../ops';

/** The operations that are compared; the rest of ours no peer has. */
export const peerOpNames = [
  'softmax',
  'logSoftmax',
  'softmaxVjp',
  'crossEntropyWithGrad',
] as const satisfies readonly OpName[];

export type PeerOp = (typeof peerOpNames)[number];

/** Our calls recorded into one compute pass, as the floor's are. */
export const RECORDED = 'recorded in a pass';
