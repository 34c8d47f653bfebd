import { sharedEngine } from '../../conformance/engine';
import { adamStep, sgdStep } from '../../src/index';
import {
  adamOptions,
  COUNT,
  firstWeight,
  gradOf,
  optimizers,
  sgdOptions,
} from '../reference/pytorch/training-steps';

/** The largest relative difference of weights from PyTorch's in 100 steps, an optimizer each. */
export async function differences(): Promise<number[]> {
  const engine = await sharedEngine();
  const tensor = (data: ArrayLike<number>) => engine.tensor(Float32Array.from(data), [COUNT]);
  const zeros = () => tensor(new Float32Array(COUNT));
  const largest: number[] = [];
  for (const one of optimizers) {
    const [weight, m, v] = [tensor(firstWeight()), zeros(), zeros()];
    let most = 0;
    for (let step = 1; step <= 100; step++) {
      const grad = tensor(gradOf(step));
      if (one.optimizer === 'SGD') sgdStep(weight, grad, { ...sgdOptions(one), velocity: v });
      else adamStep(weight, grad, { ...adamOptions(one), m, v, step });
      grad.destroy();
      const expected = one.after[step];
      if (!expected) continue;
      (await weight.read()).forEach((w, i) => {
        most = Math.max(most, Math.abs(w / expected[i]! - 1));
      });
    }
    largest.push(most);
    for (const made of [weight, m, v]) made.destroy();
  }
  return largest;
}

/** The messages of calls with a wrong argument. */
export async function refused(): Promise<string[]> {
  const engine = await sharedEngine();
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const [weight, grad, m, v] = [zeros(4), zeros(4), zeros(4), zeros(4)];
  const bad = (options: object, g = grad) => {
    try {
      adamStep(weight, g, { m, v, step: 1, learningRate: 0.1, ...options });
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  return [
    bad({}, zeros(5)),
    bad({ m: zeros(2, 2) }),
    bad({ v: undefined }),
    bad({ v: m }),
    bad({ m: weight }),
    bad({ step: 0 }),
    bad({ step: 1.5 }),
    bad({ learningRate: Number.NaN }),
    bad({ beta1: 1 }),
    bad({ beta2: -0.1 }),
    bad({ epsilon: 0 }),
    bad({ weightDecay: -1 }),
    bad({ decoupled: 'yes' }),
  ];
}
