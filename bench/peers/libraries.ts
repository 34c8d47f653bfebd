/** The libraries that are compared. Vite's configuration reads this too, which is why a path has its ending. */
import type { Promised } from './allowance';
import { type PeerOp, peerOpNames } from './ops.ts';

export interface Library {
  readonly name: string;
  /** Its npm package; the version is that of the one installed. */
  readonly package?: string;
  /** Module of the server that opens it; a `PeerModule`. */
  readonly module: string;
  /** What it has. */
  readonly ops: readonly PeerOp[];
  readonly promise: Promised;
}

export const OURS: Library = {
  name: 'webgpu-softmax',
  module: '/bench/peers/ours.ts',
  ops: peerOpNames,
  promise: 'ours',
};

/** Only for the time of a call where the library makes the result. */
export const OURS_ALLOCATING: Library = {
  name: 'webgpu-softmax, no out',
  module: '/bench/peers/ours-allocating.ts',
  ops: ['softmax', 'logSoftmax'],
  promise: 'ours',
};

export const PEERS: readonly Library[] = [
  {
    name: 'jax-js',
    package: '@jax-js/jax',
    module: '/bench/peers/jax.ts',
    ops: peerOpNames,
    promise: 'any',
  },
  {
    name: 'onnxruntime-web',
    package: 'onnxruntime-web',
    module: '/bench/peers/onnx.ts',
    ops: ['softmax', 'logSoftmax'],
    promise: 'any',
  },
  {
    name: 'tensorflow.js',
    package: '@tensorflow/tfjs-backend-webgpu',
    module: '/bench/peers/tensorflow.ts',
    ops: peerOpNames,
    promise: 'any',
  },
];
