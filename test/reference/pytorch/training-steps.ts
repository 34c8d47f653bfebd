/** 100 steps of PyTorch's optimizers; training-steps.py writes what they come to. */
import written from './training-steps.json';

/** Weights after the step of a number. */
type After = Readonly<Record<string, readonly number[]>>;

export interface Optimizer {
  readonly optimizer: string;
  readonly lr: number;
  readonly weight_decay: number;
  readonly betas?: readonly number[];
  readonly eps?: number;
  readonly momentum?: number;
  readonly after: After;
}

export const COUNT = 12;
export const optimizers: readonly Optimizer[] = written.cases;

/** The weights to begin with. */
export const firstWeight = (): number[] =>
  Array.from({ length: COUNT }, (_, i) => (2 + i / 8) * (-1) ** i);

/** The gradient of a step. */
export const gradOf = (step: number): number[] =>
  Array.from({ length: COUNT }, (_, i) => (((i * 37 + step * 101) % 201) - 80) / 128);

/** A case as the options of adamStep. */
export const adamOptions = ({
  optimizer,
  lr,
  weight_decay,
  betas = [0.9, 0.999],
  eps,
}: Optimizer) => ({
  learningRate: lr,
  weightDecay: weight_decay,
  beta1: betas[0]!,
  beta2: betas[1]!,
  decoupled: optimizer === 'AdamW',
  ...(eps !== undefined && { epsilon: eps }),
});

/** A case as the options of sgdStep. */
export const sgdOptions = ({ lr, weight_decay, momentum }: Optimizer) => ({
  learningRate: lr,
  weightDecay: weight_decay,
  ...(momentum !== undefined && { momentum }),
});
