/** One step of training a softmax classifier, as every library under comparison makes it. */

/** A batch, the weights it starts from, and how far a step goes. */
export interface StepTask {
  /** [N, D], row-major. */
  readonly x: Float32Array<ArrayBuffer>;
  /** Class of each row: [N]. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** [K, D] */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly shape: StepShape;
  readonly learningRate: number;
}

export interface StepShape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** A library with the batch on its GPU; the bias starts from zeros. */
export interface Stepper {
  /** Enqueues a step: mean loss of the batch, gradients, and weights and bias moved down them. */
  step(): void;
  /** Resolves when all steps are done. */
  done(): Promise<unknown>;
  /** Loss of the batch before the last step, and weights and bias after it. */
  read(): Promise<{ loss: number; weight: Float32Array; bias: Float32Array }>;
  release(): void;
}

/** What a library's module exports. */
export type OpenStepper = (task: StepTask) => Promise<Stepper>;
