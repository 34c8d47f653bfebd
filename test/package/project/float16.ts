/** Halves, for compilers whose `lib` has Float16Array. */
import {
  type Engine,
  type FloatDType,
  type GpuTensor,
  type HalfArray,
  softmax,
} from 'webgpu-softmax';

export async function halves(engine: Engine): Promise<Float16Array> {
  const data: HalfArray = Float16Array.of(1, 2);
  const x: GpuTensor<'f16'> = engine.tensor(Float16Array.of(1, 2), [2]);
  const y: GpuTensor<FloatDType> = softmax(x, { out: engine.tensor(data, [2]) });
  const widened: Float32Array = await y.read();
  // @ts-expect-error: halves are read as f32.
  const wrong: Float16Array = await x.read();
  console.log(wrong);
  return Float16Array.from(widened);
}
