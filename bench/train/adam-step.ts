/** One step of AdamW as every library under comparison makes it. */

/** The weights, and their gradient, which is the same at every step. */
export interface AdamTask {
  readonly weight: Float32Array<ArrayBuffer>;
  readonly grad: Float32Array<ArrayBuffer>;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** A library with the weights on its GPU; both means start from zeros. */
export interface AdamStepper {
  /** Enqueues a step; the first has the number 1. */
  step(number: number): void;
  /** Resolves when all steps are done. */
  done(): Promise<unknown>;
  read(): Promise<Float32Array>;
  release(): void;
}

/** What a library's module exports. */
export type OpenAdam = (task: AdamTask) => Promise<AdamStepper>;
