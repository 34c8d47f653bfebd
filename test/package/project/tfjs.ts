/** A softmax between what TensorFlow.js computes. */
import * as tf from '@tensorflow/tfjs-core';
import { type Engine, type GpuTensor, softmax } from 'webgpu-softmax';
import { createEngineOn, fromTf, submitTf, toTf } from 'webgpu-softmax/tfjs';

export async function between(logits: tf.Tensor): Promise<tf.Tensor> {
  const engine: Engine = await createEngineOn(tf, { adapterClass: 'gpu' });
  const x: GpuTensor = fromTf(engine, tf, logits);
  submitTf(tf);
  // @ts-expect-error: it is no tensor of TensorFlow.js.
  fromTf(engine, tf, x);
  return toTf(tf, softmax(x));
}
