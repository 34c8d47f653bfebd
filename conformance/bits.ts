import type { GpuTensor } from '../src/index';

/** The bits of an f32 tensor's elements, for results that must not differ at all. Destroys it. */
export async function bitsOf(tensor: GpuTensor): Promise<Uint32Array> {
  const values = (await tensor.read()) as Float32Array;
  tensor.destroy();
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
