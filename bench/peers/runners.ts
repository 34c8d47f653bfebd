import type { Shape } from '../shapes';
import type { Library } from './libraries';
import type { PeerOp } from './ops';
import type { Enqueued, Ready } from './page';

/** Where libraries run: pages of a browser (`Team`), or workers of the benchmark's own page. */
export interface Runners {
  /**
   * Makes an operation of a library ready and checks its result.
   *
   * @throws LibraryFailure if the library fails.
   */
  prepare(library: Library, op: PeerOp, shape: Shape): Promise<Ready>;
  /**
   * Milliseconds of calls of what a library has prepared.
   *
   * @throws LibraryFailure if the library fails.
   */
  sample(library: Library, calls: number): Promise<Enqueued>;
  /** The same for what it records into a compute pass. */
  samplePass(library: Library, pass: number, calls: number): Promise<number>;
}

/** A library did not do what it was asked to; the message is its own. */
export class LibraryFailure extends Error {}
