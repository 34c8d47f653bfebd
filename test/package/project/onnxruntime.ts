/** A softmax between a session's results and another's feeds. */
import * as ort from 'onnxruntime-web/webgpu';
import { type Engine, type GpuTensor, softmax } from 'webgpu-softmax';
import { createEngineOn, fromOrt, toOrt } from 'webgpu-softmax/onnxruntime';

export async function between(logits: ort.Tensor): Promise<ort.Tensor> {
  const engine: Engine = await createEngineOn(ort, { adapterClass: 'gpu' });
  const x: GpuTensor = fromOrt(engine, logits);
  // @ts-expect-error: it is no tensor of the runtime's.
  fromOrt(engine, x);
  return toOrt(ort, softmax(x));
}
