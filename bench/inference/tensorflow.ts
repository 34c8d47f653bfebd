/** TensorFlow.js' topk on the same input; in a page of its own. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../../conformance/random';
import * as reference from '../../src/reference';
import type { SelectShape } from './ours';

let x: tf.Tensor;
let picks: number;

/** Uploads, compiles, and compares the values with the reference's. */
export async function open({ rows, classes, k }: SelectShape): Promise<{ wrong: string[] }> {
  await tf.setBackend('webgpu');
  const data = uniform(1, rows * classes, -8, 8);
  x = tf.tensor(data, [rows, classes]);
  picks = k;
  const { values } = tf.topk(x, k);
  const found = await values.data();
  const some = { data: data.subarray(0, 4 * classes), shape: [4, classes] };
  const expected = reference.topK(some, k).values.data;
  return { wrong: expected.every((v, i) => v === found[i]) ? [] : ['TensorFlow.js topk'] };
}

/** Milliseconds of so many calls. */
export async function sample(count: number): Promise<number> {
  const backend = tf.backend() as WebGPUBackend;
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const { values, indices } = tf.topk(x, picks);
    tf.dispose([values, indices]);
  }
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.queue.onSubmittedWorkDone();
  return performance.now() - start;
}
