/** Tensors and engines that `using` frees, for compilers whose `lib` has Disposable. */
import { createEngine, type GpuTensor, softmax } from 'webgpu-softmax';

export async function probabilities(values: Float32Array): Promise<Float32Array> {
  using engine = await createEngine();
  using x: GpuTensor<'f32'> = engine.tensor(values, [values.length]);
  using p = softmax(x);
  return p.read();
}

export const kept = (x: GpuTensor): Disposable => x;
