/** AdamW with this library. */
import { adamStep, createEngine } from '../../src/index';
import type { AdamTask } from './adam-step';
import type { Stepper } from './libraries';

export async function open({
  weight: data,
  grad: gradient,
  ...rates
}: AdamTask): Promise<Stepper<Float32Array>> {
  const engine = await createEngine();
  const tensor = (data: Float32Array) => engine.tensor(data, [data.length]);
  const zeros = () => tensor(new Float32Array(data.length));
  const [weight, grad, m, v] = [tensor(data), tensor(gradient), zeros(), zeros()];
  return {
    step: (step) => void adamStep(weight, grad, { m, v, step, ...rates }),
    done: () => engine.done(),
    read: () => weight.read(),
    release: () => engine.destroy(),
  };
}
