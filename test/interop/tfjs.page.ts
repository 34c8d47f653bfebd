import { softmax, topK } from '../../src/index';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { createEngineOn, fromTf, submitTf, toTf } from '../../src/interop/tfjs';
import * as reference from '../../src/reference';
import { badSoftmax } from './bad';
import { countCopies } from './count';

const shape: [number, number] = [64, 1000];

/** From TensorFlow.js through softmax and top-k, and on in TensorFlow.js. */
export async function roundTrip() {
  await tf.setBackend('webgpu');
  const engine = await createEngineOn(tf);
  const data = logits(1, 64_000);
  const given = tf.tensor(data, shape);
  // Waits in TensorFlow.js' encoder: ours must come after it.
  tf.dispose(tf.neg(given));
  const copies = countCopies(engine.device);
  const negated = tf.neg(given);
  const y = tf.neg(negated);
  copies.take();
  const x = fromTf(engine, tf, y);
  const p = softmax(x);
  const best = topK(x, 5);
  const out = toTf(tf, p);
  const between = copies.take();
  // Its buffer is used again from here on, by what comes after ours.
  tf.dispose([negated, y]);
  const overwritten = tf.mul(given, 7);

  const theirs = tf.softmax(given);
  const back = tf.neg(out);
  const expected = reference.softmax({ data, shape });
  const ours = ((await back.data()) as Float32Array).map((v) => -v);
  const indices = await best.indices.read();
  const result = {
    between,
    ours: compare(ours, expected).ok,
    theirs: compare((await theirs.data()) as Float32Array, expected).ok,
    picks: indices.join() === reference.topK({ data, shape }, 5).indices.join(),
    refused: '',
  };
  try {
    fromTf(engine, tf, tf.tensor([true, false]));
  } catch (error) {
    result.refused = (error as Error).message;
  }
  tf.dispose([given, overwritten, theirs, back, out]);
  submitTf(tf);
  p.destroy();
  await engine.done();
  return result;
}

/** What TensorFlow.js reads of tensors of ours, by its own means. */
export async function downloads() {
  await tf.setBackend('webgpu');
  const engine = await createEngineOn(tf);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const buffer = engine.device.createBuffer({ size: 256, usage });
  const tensors = {
    // Ours are 16 bytes at least.
    three: engine.tensor([1, -0.5, 3], [1, 3]),
    five: engine.tensor([1, 2, 3, 4, 5], [5]),
    indices: engine.tensor(Int32Array.of(-1, 2 ** 30), [2, 1]),
    part: engine.wrap(buffer, [2, 2]),
    one: engine.tensor([7], []),
    nothing: engine.tensor([], [0, 3]),
  };
  const read: Record<string, unknown> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const theirs = toTf(tf, tensor);
    const flat = tf.reshape(theirs, [tensor.count]);
    const values = [...(await theirs.data())];
    read[name] = {
      shape: theirs.shape,
      dtype: theirs.dtype,
      values,
      again: (await flat.data()).join() === values.join(),
      used: (await tf.neg(theirs).data()).join() === values.map((v) => -v).join(),
      nested: await theirs.array(),
    };
    tf.dispose([theirs, flat]);
    submitTf(tf);
    tensor.destroy();
  }
  const failed = toTf(tf, badSoftmax(engine));
  const reason = await failed.data().then(String, (error: Error) => error.message);
  const nested = await failed.array().then(String, (error: Error) => error.message);
  await engine.done().catch(() => {});
  return { read, reason, nested: nested === reason };
}
