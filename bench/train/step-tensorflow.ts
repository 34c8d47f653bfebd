/** The step in TensorFlow.js on its WebGPU backend. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { Stepper } from './libraries';
import type { Stepped, StepTask } from './step';
import { tensorflowDone } from './tensorflow-backend';

export async function open(task: StepTask): Promise<Stepper<Stepped>> {
  const done = await tensorflowDone();
  const { rows, features, classes } = task.shape;
  const x = tf.tensor2d(task.x, [rows, features]);
  // Its loss takes one-hot labels only: made here, so that no step pays for them.
  const y = tf.tidy(() =>
    tf.cast(tf.oneHot(tf.tensor1d(task.targets, 'int32'), classes), 'float32'),
  );
  let weight: tf.Tensor = tf.tensor2d(task.weight, [classes, features]);
  let bias: tf.Tensor = tf.zeros([classes]);
  let loss: tf.Tensor = tf.scalar(0);
  const gradients = tf.valueAndGrads((w, b) =>
    tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(x, w!, false, true), b!)),
  );
  return {
    step() {
      const next = tf.tidy(() => {
        const { value, grads } = gradients([weight, bias]);
        const [dw, db] = grads as [tf.Tensor, tf.Tensor];
        const down = (from: tf.Tensor, gradient: tf.Tensor) =>
          tf.sub(from, tf.mul(gradient, task.learningRate));
        return [down(weight, dw), down(bias, db), value] as const;
      });
      tf.dispose([weight, bias, loss]);
      [weight, bias, loss] = next;
    },
    done,
    async read() {
      const data = (tensor: tf.Tensor) => tensor.data<'float32'>();
      return { loss: (await data(loss))[0]!, weight: await data(weight), bias: await data(bias) };
    },
    release: () => tf.dispose([x, y, weight, bias, loss]),
  };
}
