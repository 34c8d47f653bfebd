/** TensorFlow.js on its WebGPU backend. */

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { HostTensor } from '../../src/reference';
import { type HostOperands, oneHot, upload } from './operands';
import type { PeerOp } from './ops';
import type { Peer, Prepared } from './peer';

export async function open(): Promise<Peer> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js: no WebGPU backend');
  const backend = tf.backend() as WebGPUBackend;
  return {
    device: backend.device,
    prepare: async (op, operands) => prepare(backend, op, operands),
  };
}

function prepare(backend: WebGPUBackend, op: PeerOp, operands: HostOperands): Prepared {
  const { host, shape, copies } = operands;
  const { dims, axis } = shape;
  const buffers: GPUBuffer[] = [];
  const tensors: tf.Tensor[] = [];
  /** Tensors over buffers that are on the GPU from the start. */
  const place = (tensor: HostTensor) => {
    const placed = upload(backend.device, tensor, copies);
    const made = placed.map((buffer) => tf.tensor({ buffer, zeroCopy: true }, [...dims]));
    buffers.push(...placed);
    tensors.push(...made);
    return (call: number) => made[call % copies]!;
  };
  const functions: Record<PeerOp, () => (call: number) => tf.Tensor[]> = {
    softmax() {
      const x = place(host.x);
      return (call) => [tf.softmax(x(call), axis)];
    },
    logSoftmax() {
      const x = place(host.x);
      return (call) => [tf.logSoftmax(x(call), axis)];
    },
    softmaxVjp() {
      // What TensorFlow.js itself calls on the way back through a softmax, with the output it kept.
      const { gradFunc } = tf.getGradient(tf.Softmax);
      const [y, dy] = [place(host.y), place(host.v)];
      return (call) => [gradFunc(dy(call), [y(call)], { dim: axis }).logits!()];
    },
    crossEntropyWithGrad() {
      if (axis !== dims.length - 1) {
        throw new Error('TensorFlow.js: softmaxCrossEntropy takes the last axis only');
      }
      // Its loss takes one-hot labels only: made here, so that no call pays for them.
      const [x, labels] = [place(host.x), place(oneHot(host.targets, shape))];
      return (call) => {
        const loss = (logits: tf.Tensor): tf.Tensor =>
          tf.losses.softmaxCrossEntropy(labels(call), logits);
        const { value, grad } = tf.valueAndGrad(loss)(x(call));
        return [value, grad];
      };
    },
  };
  const once = functions[op]();
  let next = 0;
  return {
    run(calls) {
      for (const end = next + calls; next < end; next++) {
        tf.dispose(tf.tidy(() => once(next)));
      }
    },
    done() {
      // The last calls may still be in a pass that waits for more.
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.submitQueue();
      return backend.queue.onSubmittedWorkDone();
    },
    async read() {
      const results = tf.tidy(() => once(next));
      const values = await Promise.all(results.map((result) => result.data<'float32'>()));
      tf.dispose(results);
      return values;
    },
    release() {
      tf.dispose(tensors);
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
