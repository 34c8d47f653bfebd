/** Halves, for compilers whose `lib` has Float16Array. */
import type { FloatDType, GpuTensor, HalfArray, Softmax } from 'webgpu-softmax';

export async function halves(sm: Softmax): Promise<Float16Array> {
  const data: HalfArray = Float16Array.of(1, 2);
  const x: GpuTensor<'f16'> = sm.tensor(Float16Array.of(1, 2), [2]);
  const y: GpuTensor<FloatDType> = sm.softmax(x, { out: sm.tensor(data, [2]) });
  const widened: Float32Array = await y.read();
  // @ts-expect-error: halves are read as f32.
  const wrong: Float16Array = await x.read();
  console.log(wrong);
  return Float16Array.from(widened);
}
