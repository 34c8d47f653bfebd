/** Exponentials of logits and their sums in more than an f32. */
export interface HighPrecision {
  /** What it is in the names of kernels. */
  readonly name: 'high';
  /**
   * WGSL of the functions that take the place of those of one f32.
   *
   * @internal
   */
  readonly source: string;
  /**
   * @throws RangeError for a scale that it cannot take.
   * @internal
   */
  checkScale(op: string, options: { scale?: number; temperature?: number }): void;
  /**
   * The test of a device's compiler, whose verdict is an Error or undefined.
   *
   * @internal
   */
  selfTest(engine: unknown): Promise<Error | undefined>;
}
