import type { GpuTensor } from '../engine/tensor';
import { planAdamStep } from '../map/adam-step';
import { checkInteger, checkNumber } from '../util/checks';
import { describe, wrongKind } from '../util/words';
import { type CommonOptions, targetOf } from './common';
import { checkDecay, checkRate, stepCall } from './training-step';

/** Options of a step of Adam. */
export interface AdamStepOptions extends Pick<CommonOptions, 'encoder' | 'pass'> {
  /** The mean of gradients, f32 of the weight's shape: zeros before the first step, and brought forward in place. */
  m: GpuTensor;
  /** The mean of their squares, likewise. */
  v: GpuTensor;
  /** t, the step's number: 1 for the first. */
  step: number;
  /** α, a finite f32. */
  learningRate: number;
  /** β₁ in [0, 1); default 0.9. */
  beta1?: number;
  /** β₂ in [0, 1); default 0.999. */
  beta2?: number;
  /** ε, at least 2⁻¹²⁶; default 1e-8. */
  epsilon?: number;
  /** λ, 0 or more; default 0. */
  weightDecay?: number;
  /** Whether the decay is apart from the gradient, as in AdamW, or added to it, as in Adam; default true. */
  decoupled?: boolean;
}

/** The largest number below 1. */
const BELOW_ONE = 1 - 2 ** -53;

/**
 * A step of AdamW in place, `W ← (1 − α·λ)·W − α·m̂ / (√v̂ + ε)`, or of Adam. The means are
 * `m ← β₁·m + (1 − β₁)·dW`, `v ← β₂·v + (1 − β₂)·dW²`, and without their bias `m̂ = m / (1 − β₁ᵗ)`,
 * `v̂ = v / (1 − β₂ᵗ)`. With `decoupled: false` it is Adam: λ·W is added to dW, and W not made smaller. Both are
 * as in PyTorch. f32 tensors of one shape, each in a buffer of its own.
 *
 * ```ts
 * const weight = engine.tensor([1, 2], [2]);
 * const grad = engine.tensor([0.5, -0.5], [2]);
 * const [m, v] = [engine.tensor([0, 0], [2]), engine.tensor([0, 0], [2])];
 * adamStep(weight, grad, { m, v, step: 1, learningRate: 0.1 });
 * console.log(await weight.read(), await m.read()); // 0.9000, 2.1000, 0.0500, -0.0500
 * ```
 *
 * @returns the weight.
 * @throws RangeError for shapes that differ or share a buffer, and a number that is out of range;
 * TypeError for a `decoupled` that is no boolean.
 */
export function adamStep(
  weight: GpuTensor,
  grad: GpuTensor,
  options: AdamStepOptions,
): GpuTensor<'f32'> {
  const op = 'adamStep';
  const target = targetOf(op, options);
  const { m, v, step, learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = 0, decoupled = true } = options;
  const call = stepCall(op, target, weight, grad, { m, v });
  checkInteger(op, 'step', step, 1, 2 ** 31 - 1);
  checkRate(op, 'learningRate', learningRate);
  checkNumber(op, 'beta1', beta1, 0, BELOW_ONE, 'a number in [0, 1)');
  checkNumber(op, 'beta2', beta2, 0, BELOW_ONE, 'a number in [0, 1)');
  checkNumber(op, 'epsilon', epsilon, 2 ** -126, 3.4e38, 'a number in [2⁻¹²⁶, 3.4e38]');
  checkDecay(op, weightDecay);
  if (typeof decoupled !== 'boolean') wrongKind(op, 'decoupled', 'a boolean', describe(decoupled));
  const rates = { step, learningRate, beta1, beta2, epsilon, weightDecay, decoupled };
  call.add(planAdamStep, { weight, grad, m, v, ...rates });
  return weight.engine.execute(call.giving(weight as GpuTensor<'f32'>));
}
