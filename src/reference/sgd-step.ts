/**
 * A step of gradient descent, `W ← W − α·dW`; with momentum μ, `v ← μ·v + dW`, `W ← W − α·v`.
 */
import { flushable, halfUlp, put, U } from './bounds';
import {
  checkCount,
  checkShape,
  emptyReference,
  type HostTensor,
  type Reference,
  refuse,
} from './rows';

/** Options of a step of gradient descent. */
export interface SgdStepOptions {
  /** α, finite; rounded to f32. */
  learningRate: number;
  /** μ, finite; rounded to f32. Default 0. */
  momentum?: number;
  /** v of the step before, of the weight's shape; with momentum only. Default: zeros. */
  velocity?: HostTensor;
}

/** What a step leaves. */
export interface SgdStepReference {
  /** W after the step. */
  weight: Reference;
  /** v; the gradient itself without momentum. */
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
  const stepped = emptyReference(weight.shape);
  const velocity = emptyReference(weight.shape);
  for (let i = 0; i < weight.data.length; i++) {
    const w = weight.data[i]!;
    const carried = momentum === 0 ? 0 : momentum * (options.velocity?.data[i] ?? 0);
    const v = carried + grad.data[i]!;
    const vError =
      momentum === 0 ? 0 : halfUlp(v) + 0.5 * U * Math.abs(carried) + flushable(carried);
    put(velocity, i, v, 'rounding', vError);
    const down = rate * v;
    const downError = Math.abs(rate) * velocity.bound[i]! + 0.5 * U * Math.abs(down);
    const next = w - down;
    const rounding = downError + halfUlp(Math.abs(next) + downError);
    put(stepped, i, next, 'rounding', rounding, 'flush', flushable(down));
  }
  return { weight: stepped, velocity };
}

function finite(op: string, name: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
    refuse(op, name, 'a finite f32', value);
  }
  return Math.fround(value);
}
