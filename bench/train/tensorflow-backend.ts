import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** Waits for all work of TensorFlow.js on its WebGPU backend, which it is told to use. */
export async function tensorflowDone(): Promise<() => Promise<unknown>> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js: no WebGPU backend');
  const backend = tf.backend() as WebGPUBackend;
  return () => {
    // The last kernels may still be in a pass that waits for more.
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    return backend.queue.onSubmittedWorkDone();
  };
}
