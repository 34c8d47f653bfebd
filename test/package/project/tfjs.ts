/** A softmax between what TensorFlow.js computes. */
import * as tf from '@tensorflow/tfjs-core';
import type { GpuTensor, Softmax } from 'webgpu-softmax';
import { createSoftmaxOn, fromTf, submitTf, toTf } from 'webgpu-softmax/tfjs';

export async function between(logits: tf.Tensor): Promise<tf.Tensor> {
  const sm: Softmax = await createSoftmaxOn(tf, { adapterClass: 'gpu' });
  const x: GpuTensor = fromTf(sm, tf, logits);
  submitTf(tf);
  // @ts-expect-error: it is no tensor of TensorFlow.js.
  fromTf(sm, tf, x);
  return toTf(tf, sm.softmax(x));
}
