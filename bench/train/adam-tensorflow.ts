/** AdamW in TensorFlow.js on its WebGPU backend, put together from its operations: it has Adam alone. */
import * as tf from '@tensorflow/tfjs-core';
import type { AdamTask } from './adam-step';
import type { Stepper } from './libraries';
import { tensorflowDone } from './tensorflow-backend';

export async function open(task: AdamTask): Promise<Stepper<Float32Array>> {
  const done = await tensorflowDone();
  const { learningRate, beta1, beta2, epsilon, weightDecay } = task;
  const grad = tf.tensor1d(task.grad);
  let weight: tf.Tensor = tf.tensor1d(task.weight);
  let m: tf.Tensor = tf.zerosLike(weight);
  let v: tf.Tensor = tf.zerosLike(weight);
  return {
    step(t) {
      const next = tf.tidy(() => {
        const mean = tf.add(tf.mul(m, beta1), tf.mul(grad, 1 - beta1));
        const square = tf.add(tf.mul(v, beta2), tf.mul(tf.square(grad), 1 - beta2));
        const size = tf.add(tf.mul(tf.sqrt(square), 1 / Math.sqrt(1 - beta2 ** t)), epsilon);
        const down = tf.mul(tf.div(mean, size), learningRate / (1 - beta1 ** t));
        return [
          tf.sub(tf.mul(weight, 1 - learningRate * weightDecay), down),
          mean,
          square,
        ] as const;
      });
      tf.dispose([weight, m, v]);
      [weight, m, v] = next;
    },
    done,
    read: () => weight.data<'float32'>(),
    release: () => tf.dispose([grad, weight, m, v]),
  };
}
