/** One step of AdamW as every library under comparison makes it. */

/** The weights, and their gradient, which is the same at every step; both means start from zeros. */
export interface AdamTask {
  readonly weight: Float32Array<ArrayBuffer>;
  readonly grad: Float32Array<ArrayBuffer>;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}
