import type { GpuTensor } from '../engine/tensor';
import { planSgdStep } from '../map/sgd-step';
import { checkNumber } from '../util/checks';
import { wrongKind } from '../util/words';
import { type CommonOptions, targetOf } from './common';
import { checkDecay, checkRate, stepCall } from './training-step';

/** Options of a step of gradient descent. */
export interface SgdStepOptions extends Pick<CommonOptions, 'encoder' | 'pass'> {
  /** α, a finite f32. */
  learningRate: number;
  /** μ in 0 … 1; default 0. It needs `velocity`. */
  momentum?: number;
  /** v, f32 of the weight's shape: zeros before the first step, and brought forward in place. */
  velocity?: GpuTensor;
  /** λ, 0 or more: λ·W is added to dW, as PyTorch's SGD does; default 0. */
  weightDecay?: number;
}

/**
 * A step of gradient descent in place, `W ← W − α·dW`; with momentum `v ← μ·v + dW`, `W ← W − α·v`.
 * f32 tensors of one shape, each in a buffer of its own.
 *
 * ```ts
 * const weight = engine.tensor([1, 2], [2]);
 * const grad = engine.tensor([0.5, -0.5], [2]);
 * console.log(await sgdStep(weight, grad, { learningRate: 0.1 }).read()); // 0.9500, 2.0500
 * ```
 *
 * @returns the weight.
 * @throws RangeError for shapes that differ or share a buffer, and a rate, a momentum or a decay that
 * is out of range; TypeError for momentum without a velocity.
 */
export function sgdStep(
  weight: GpuTensor,
  grad: GpuTensor,
  options: SgdStepOptions,
): GpuTensor<'f32'> {
  const op = 'sgdStep';
  const target = targetOf(op, options);
  const { learningRate, momentum = 0, velocity, weightDecay = 0 } = options;
  const call = stepCall(op, target, weight, grad, velocity === undefined ? {} : { velocity });
  checkRate(op, 'learningRate', learningRate);
  checkNumber(op, 'momentum', momentum, 0, 1);
  checkDecay(op, weightDecay);
  if (velocity === undefined && momentum !== 0) {
    const may = `a GpuTensor (of zeros to begin with) for momentum ${momentum}`;
    wrongKind(op, 'velocity', may, 'undefined');
  }
  call.add(planSgdStep, { weight, grad, velocity, learningRate, momentum, weightDecay });
  return weight.engine.execute(call.giving(weight as GpuTensor<'f32'>));
}
