/**
 * A step of gradient descent, `W ← W − α·g` with `g = dW + λ·W`; with momentum μ, `v ← μ·v + g`, `W ← W − α·v`.
 */
import { flushable, halfUlp, put, U } from './bounds';
import { checkCount, checkShape, emptyReference, type HostTensor, type Reference } from './rows';
import { finite } from './training-step';

/** Options of a step of gradient descent. */
export interface SgdStepOptions {
  /** α, finite; rounded to f32. */
  learningRate: number;
  /** μ, finite; rounded to f32. Default 0. */
  momentum?: number;
  /** v of the step before, of the weight's shape; with momentum only. Default: zeros. */
  velocity?: HostTensor;
  /** λ, finite; rounded to f32. λ·W is added to dW. Default 0. */
  weightDecay?: number;
}

/** What a step leaves. */
export interface SgdStepReference {
  /** W after the step. */
  weight: Reference;
  /** v; g itself without momentum. */
  velocity: Reference;
}

/**
 * The weights, and the velocity, after a step. Numbers that are not finite give what float64 gives.
 * @param weight W, of any shape
 * @param grad dW, of the weight's shape
 * @throws RangeError for a shape or option that does not fit
 */
export function sgdStep(
  weight: HostTensor,
  grad: HostTensor,
  options: SgdStepOptions,
): SgdStepReference {
  const op = 'sgdStep';
  checkCount(op, 'weight', weight);
  checkShape(op, 'grad', grad, weight.shape);
  if (options.velocity) checkShape(op, 'velocity', options.velocity, weight.shape);
  const rate = finite(op, 'learningRate', options.learningRate);
  const momentum = finite(op, 'momentum', options.momentum ?? 0);
  const weightDecay = finite(op, 'weightDecay', options.weightDecay ?? 0);
  const stepped = emptyReference(weight.shape);
  const velocity = emptyReference(weight.shape);
  for (let i = 0; i < weight.data.length; i++) {
    const w = weight.data[i]!;
    const decay = weightDecay === 0 ? 0 : weightDecay * w;
    const g = grad.data[i]! + decay;
    const decayError = 0.5 * U * Math.abs(decay) + flushable(decay);
    const gError = weightDecay === 0 ? 0 : decayError + halfUlp(Math.abs(g) + decayError);
    const carried = momentum === 0 ? 0 : momentum * (options.velocity?.data[i] ?? 0);
    const v = carried + g;
    const vError =
      gError +
      (momentum === 0
        ? 0
        : halfUlp(Math.abs(v) + gError) + 0.5 * U * Math.abs(carried) + flushable(carried));
    put(velocity, i, v, 'rounding', vError);
    const down = rate * v;
    const downError = Math.abs(rate) * velocity.bound[i]! + 0.5 * U * Math.abs(down);
    const next = w - down;
    const rounding = downError + halfUlp(Math.abs(next) + downError);
    put(stepped, i, next, 'rounding', rounding, 'flush', flushable(down));
  }
  return { weight: stepped, velocity };
}
