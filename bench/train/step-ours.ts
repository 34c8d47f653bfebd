/** The step with this library. */

import { createEngine } from '../../src';
import { linearCrossEntropy, sgdStep } from '../../src/index';
import type { Stepper } from './libraries';
import type { Stepped, StepTask } from './step';

export async function open(task: StepTask): Promise<Stepper<Stepped>> {
  const engine = await createEngine();
  const { learningRate } = task;
  const { rows, features, classes } = task.shape;
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const x = engine.tensor(task.x, [rows, features]);
  const targets = engine.tensor(task.targets, [rows]);
  const weight = engine.tensor(task.weight, [classes, features]);
  const bias = zeros(classes);
  const out = { loss: zeros(), dWeight: zeros(classes, features), dBias: zeros(classes) };
  const wants = ['dWeight', 'dBias'] as const;
  return {
    step() {
      linearCrossEntropy(x, weight, targets, { bias, wants, out });
      sgdStep(weight, out.dWeight, { learningRate });
      sgdStep(bias, out.dBias, { learningRate });
    },
    done: () => engine.done(),
    async read() {
      const loss = (await out.loss.read())[0]!;
      return { loss, weight: await weight.read(), bias: await bias.read() };
    },
    release: () => engine.destroy(),
  };
}
