/** AdamW in jax-js: one function under `jit`. */
import * as jax from '@jax-js/jax';
import { numpy as np } from '@jax-js/jax';
import type { AdamTask } from './adam-step';
import { jaxDevice } from './jax-device';
import type { Stepper } from './libraries';

export async function open(task: AdamTask): Promise<Stepper<Float32Array>> {
  const device = await jaxDevice();
  const { learningRate, beta1, beta2, epsilon, weightDecay } = task;
  const grad = np.array(task.grad);
  let weight = np.array(task.weight);
  let m = np.zeros([task.weight.length]);
  let v = np.zeros([task.weight.length]);
  await jax.blockUntilReady([grad, weight, m, v]);
  // An array is consumed by its use, unless `ref` counts one more.
  const step = jax.jit(
    (w: jax.Array, g: jax.Array, m: jax.Array, v: jax.Array, rate: jax.Array, root: jax.Array) => {
      const mean = m.mul(beta1).add(g.ref.mul(1 - beta1));
      const square = v.mul(beta2).add(g.ref.mul(g).mul(1 - beta2));
      const size = np.sqrt(square.ref).mul(root).add(epsilon);
      const next = w.mul(1 - learningRate * weightDecay).sub(mean.ref.div(size).mul(rate));
      return [next, mean, square];
    },
  );
  return {
    step(t) {
      const rate = np.array(learningRate / (1 - beta1 ** t));
      const root = np.array(1 / Math.sqrt(1 - beta2 ** t));
      [weight, m, v] = step(weight, grad.ref, m, v, rate, root) as [
        jax.Array,
        jax.Array,
        jax.Array,
      ];
      // Arrays are lazy: asking for the buffer submits the work.
      for (const array of [weight, m, v]) array.ref.gpuBufferSync();
    },
    done: () => device.queue.onSubmittedWorkDone(),
    read: async () => (await weight.ref.data()) as Float32Array,
    release() {
      for (const array of [grad, weight, m, v]) array.dispose();
      step.dispose();
    },
  };
}
