/** A softmax between a session's results and another's feeds. */
import * as ort from 'onnxruntime-web/webgpu';
import type { GpuTensor, Softmax } from 'webgpu-softmax';
import { createSoftmaxOn, fromOrt, toOrt } from 'webgpu-softmax/onnxruntime';

export async function between(logits: ort.Tensor): Promise<ort.Tensor> {
  const sm: Softmax = await createSoftmaxOn(ort, { adapterClass: 'gpu' });
  const x: GpuTensor = fromOrt(sm, logits);
  // @ts-expect-error: it is no tensor of the runtime's.
  fromOrt(sm, x);
  return toOrt(ort, sm.softmax(x));
}
