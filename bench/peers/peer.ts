/** What every library looks like to the benchmark, ours and the peers alike; each runs in a page of its own. */
import type { Candidate } from '../measure';
import type { HostOperands } from './operands';
import type { PeerOp } from './ops';

/** A library with a device of its own. */
export interface Peer {
  readonly device: GPUDevice;
  /**
   * Uploads the inputs and compiles.
   *
   * @throws Error for what the library cannot do, and whatever it throws itself.
   */
  prepare(op: PeerOp, operands: HostOperands): Promise<Prepared>;
}

/** An operation that can be called. */
export interface Prepared {
  /**
   * Enqueues calls. Their results stay on the GPU and go back to the library at once. Returns or
   * resolves when the library takes the next call, not when the GPU is done.
   */
  run(calls: number): void | Promise<void>;
  /** Resolves when the GPU has done all that was enqueued. */
  done(): Promise<unknown>;
  /** The results of one more call, in the order of the operation's `results`. */
  read(): Promise<Float32Array[]>;
  /** Gives the inputs back. */
  release(): void | Promise<void>;
  /** What is timed besides, by the device's clock: calls recorded into one compute pass. */
  readonly passes?: readonly Candidate[];
}

/** What a library's module exports. */
export interface PeerModule {
  open(): Promise<Peer>;
}
