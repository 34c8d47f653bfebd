import type { StepShape } from './step';

/** The shapes at which libraries are compared: pixels of images, and a recogniser's characters. */
export const stepShapes: readonly StepShape[] = [
  { rows: 1024, features: 784, classes: 10 },
  { rows: 256, features: 128, classes: 6625 },
];

/** Weights of a step of AdamW: those of the larger layer's head. */
export const ADAM_COUNT = 128 * 6625;
