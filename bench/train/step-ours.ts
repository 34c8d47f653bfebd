/** The step with this library. */
import { createSoftmax } from '../../src';
import type { Stepper, StepTask } from './step';

export async function open(task: StepTask): Promise<Stepper> {
  const sm = await createSoftmax();
  const { learningRate } = task;
  const { rows, features, classes } = task.shape;
  const zeros = (...shape: number[]) =>
    sm.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const x = sm.tensor(task.x, [rows, features]);
  const targets = sm.tensor(task.targets, [rows]);
  const weight = sm.tensor(task.weight, [classes, features]);
  const bias = zeros(classes);
  const out = { loss: zeros(), dWeight: zeros(classes, features), dBias: zeros(classes) };
  const wants = ['dWeight', 'dBias'] as const;
  return {
    step() {
      sm.linearCrossEntropy(x, weight, targets, { bias, wants, out });
      sm.sgdStep(weight, out.dWeight, { learningRate });
      sm.sgdStep(bias, out.dBias, { learningRate });
    },
    done: () => sm.done(),
    async read() {
      const loss = (await out.loss.read())[0]!;
      return { loss, weight: await weight.read(), bias: await bias.read() };
    },
    release: () => sm.destroy(),
  };
}
