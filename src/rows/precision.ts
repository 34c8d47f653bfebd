/** Exponentials of logits and their sums in more than an f32: the files that are taken for others. */
export interface HighPrecision {
  /** What it is in the names of kernels. */
  readonly name: 'high';
  /**
   * WGSL in place of that of the exponential, of what is below the maximum, and of how sums are kept.
   *
   * @internal
   */
  readonly sources: readonly string[];
  /**
   * WGSL in place of an operation's own sums.
   *
   * @internal
   */
  readonly sums: Readonly<Record<SumsName, string>>;
  /**
   * The test of a device's compiler, whose verdict is an Error or undefined.
   *
   * @internal
   */
  selfTest(engine: unknown): Promise<Error | undefined>;
}

/** Sums that have files of high precision. */
export type SumsName = 'sum-of-exp' | 'class-index' | 'distribution';
