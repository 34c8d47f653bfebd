/**
 * A step of Adam. With g = dW, `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, and
 * `W ← W − α·m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`. A decay λ that is decoupled makes
 * W smaller by α·λ·W too; one that is not is in g = dW + λ·W. (Kingma and Ba 2015; Loshchilov and Hutter
 * 2019; as PyTorch's Adam and AdamW.)
 */
import { flushable, halfUlp, put, U } from './bounds';
import { checkCount, checkShape, emptyReference, type HostTensor, type Reference } from './rows';
import { finite } from './training-step';

/** Options of a step of Adam. */
export interface AdamStepOptions {
  /** The mean of gradients so far, of the weight's shape. */
  m: HostTensor;
  /** The mean of their squares. */
  v: HostTensor;
  /** t, 1 for the first step. */
  step: number;
  /** α, finite. */
  learningRate: number;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 1e-8. */
  epsilon?: number;
  /** λ; default 0. */
  weightDecay?: number;
  /** Whether the decay is apart from the gradient; default true. */
  decoupled?: boolean;
}

/** What a step leaves. */
export interface AdamStepReference {
  weight: Reference;
  m: Reference;
  v: Reference;
}

/** What √ and a division may add, in U of their result: `1 / inverseSqrt`, of 2 and 2.5 ULP. */
const SQRT = 4.6;
const DIVISION = 2.5;

/**
 * The weights and both means after a step, and how far f32 arithmetic may be from them: half a U for
 * each of its constants, products and sums, and what a division and √ are allowed.
 *
 * @param weight W, of any shape
 * @param grad dW, of the weight's shape
 * @throws RangeError for a shape or option that does not fit
 */
export function adamStep(
  weight: HostTensor,
  grad: HostTensor,
  options: AdamStepOptions,
): AdamStepReference {
  const op = 'adamStep';
  const { m, v, step, decoupled = true } = options;
  checkCount(op, 'weight', weight);
  for (const [name, tensor] of Object.entries({ grad, m, v })) {
    checkShape(op, name, tensor, weight.shape);
  }
  const given = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, ...options };
  const { learningRate, beta1, beta2, epsilon, weightDecay } = given;
  for (const [name, value] of Object.entries({
    step,
    learningRate,
    beta1,
    beta2,
    epsilon,
    weightDecay,
  })) {
    finite(op, name, value);
  }
  const rate = learningRate / (1 - beta1 ** step);
  const root = 1 / Math.sqrt(1 - beta2 ** step);
  const keep = decoupled ? 1 - learningRate * weightDecay : 1;
  const result = {
    weight: emptyReference(weight.shape),
    m: emptyReference(weight.shape),
    v: emptyReference(weight.shape),
  };
  for (let i = 0; i < weight.data.length; i++) {
    const w = weight.data[i]!;
    // λ·W: a constant and a product.
    const decay = decoupled ? 0 : weightDecay * w;
    const g = grad.data[i]! + decay;
    const decayError = U * Math.abs(decay) + flushable(decay);
    const gError = decay === 0 ? 0 : decayError + halfUlp(Math.abs(g) + decayError);

    const mean = sumOf(beta1 * m.data[i]!, 0, (1 - beta1) * g, (1 - beta1) * gError);
    const squareError = 0.5 * U * g * g + 2 * Math.abs(g) * gError + gError * gError;
    const square = sumOf(beta2 * v.data[i]!, 0, (1 - beta2) * g * g, (1 - beta2) * squareError);
    put(result.m, i, mean.value, 'rounding', mean.error);
    put(result.v, i, square.value, 'rounding', square.error);

    // √ of the least that v may be is the farthest from √v.
    const deviation = root * Math.sqrt(square.value);
    const off = deviation - root * Math.sqrt(Math.max(0, square.value - result.v.bound[i]!));
    const size = deviation + epsilon;
    const sizeError =
      off + (SQRT + 1) * U * deviation + 0.5 * U * epsilon + halfUlp(size * (1 + SQRT * U) + off);
    const least = Math.max(size - sizeError, epsilon * (1 - U));
    const quotient = mean.value / size;
    const most = (Math.abs(mean.value) + result.m.bound[i]!) / least;
    const quotientError = most * (1 + DIVISION * U) - Math.abs(quotient);

    const down = rate * quotient;
    const kept = keep * w;
    const keptError = keep === 1 ? 0 : U * Math.abs(kept);
    const downError = Math.abs(rate) * quotientError + U * Math.abs(down) + keptError;
    const next = kept - down;
    const rounding = downError + halfUlp(Math.abs(next) + downError);
    put(
      result.weight,
      i,
      next,
      'rounding',
      rounding,
      'flush',
      flushable(down) + flushable(quotient),
    );
  }
  return result;
}

/** a + b, each a product by a constant, and the error of it; those of a and b before that are given. */
function sumOf(a: number, aError: number, b: number, bError: number) {
  const value = a + b;
  const products = U * (Math.abs(a) + Math.abs(b)) + flushable(a) + flushable(b);
  const error = aError + bError + products;
  return { value, error: error + halfUlp(Math.abs(value) + error) };
}
