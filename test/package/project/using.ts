/** Tensors and engines that `using` frees, for compilers whose `lib` has Disposable. */
import { createSoftmax, type GpuTensor } from 'webgpu-softmax';

export async function probabilities(values: Float32Array): Promise<Float32Array> {
  using sm = await createSoftmax();
  using x: GpuTensor<'f32'> = sm.tensor(values, [values.length]);
  using p = sm.softmax(x);
  return p.read();
}

export const kept = (x: GpuTensor): Disposable => x;
