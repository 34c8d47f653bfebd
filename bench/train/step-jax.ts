/** The step in jax-js: one function under `jit`. */
import * as jax from '@jax-js/jax';
import { nn, numpy as np } from '@jax-js/jax';
import { jaxDevice } from './jax-device';
import type { Stepper } from './libraries';
import type { Stepped, StepTask } from './step';

export async function open(task: StepTask): Promise<Stepper<Stepped>> {
  const device = await jaxDevice();
  const { rows, features, classes } = task.shape;
  const x = np.array(task.x).reshape([rows, features]);
  const labels = new Float32Array(rows * classes);
  task.targets.forEach((target, row) => {
    labels[row * classes + target] = 1;
  });
  const y = np.array(labels).reshape([rows, classes]);
  let weight = np.array(task.weight).reshape([classes, features]);
  let bias = np.zeros([classes]);
  let loss = np.zeros([]);
  await jax.blockUntilReady([x, y, weight, bias]);

  // An array is consumed by its use, unless `ref` counts one more. By logsumexp and labels that are
  // one-hot already, which is its fastest wording of a cross-entropy.
  const lossOf = (w: jax.Array, b: jax.Array, x: jax.Array, y: jax.Array) => {
    const logits = np.matmul(x, w.transpose()).add(b);
    return np.mean(nn.logsumexp(logits.ref, -1).sub(logits.mul(y).sum(-1)));
  };
  const step = jax.jit((w: jax.Array, b: jax.Array, x: jax.Array, y: jax.Array) => {
    const [value, [dw, db]] = jax.valueAndGrad(lossOf, { argnums: [0, 1] })(w.ref, b.ref, x, y);
    return [w.sub(dw.mul(task.learningRate)), b.sub(db.mul(task.learningRate)), value];
  });
  return {
    step() {
      loss.dispose();
      [weight, bias, loss] = step(weight, bias, x.ref, y.ref) as [jax.Array, jax.Array, jax.Array];
      // Arrays are lazy: asking for the buffer submits the work.
      for (const array of [weight, bias, loss]) array.ref.gpuBufferSync();
    },
    done: () => device.queue.onSubmittedWorkDone(),
    async read() {
      const data = async (array: jax.Array) => (await array.ref.data()) as Float32Array;
      return { loss: (await data(loss))[0]!, weight: await data(weight), bias: await data(bias) };
    },
    release() {
      for (const array of [x, y, weight, bias, loss]) array.dispose();
      step.dispose();
    },
  };
}
