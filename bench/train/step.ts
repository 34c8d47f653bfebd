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

/**
 * Loss of the batch before the last step, and weights and bias after it. A step enqueues the mean loss of the
 * batch and its gradients, and moves weights and bias down them; the bias starts from zeros.
 */
export interface Stepped {
  readonly loss: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}
