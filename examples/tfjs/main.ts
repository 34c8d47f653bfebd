/** A linear classifier in TensorFlow.js; its probabilities by this library, and on in TensorFlow.js. */
import { softmax } from '../../src/index';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { createEngineOn, fromTf, submitTf, toTf } from 'webgpu-softmax/tfjs';

await tf.setBackend('webgpu');
const engine = await createEngineOn(tf);

const x = tf.tensor2d([1, 0, 0, 1, 1, 1], [3, 2]);
const weight = tf.tensor2d([2, -1, 0, 0, 1, 3], [2, 3]);
const logits = tf.matMul(x, weight);
const p = softmax(fromTf(engine, tf, logits));
const probabilities = toTf(tf, p);
const mean = tf.mean(probabilities, 0);

document.querySelector('#report')!.textContent = Array.from(await mean.data(), (v) =>
  v.toFixed(4),
).join(' ');
tf.dispose([x, weight, logits, probabilities, mean]);
submitTf(tf);
p.destroy();
