/** Every operation as a program in TypeScript calls it: compiled, never run. */
import { createSoftmax, type GpuTensor, type Softmax, type Tuning } from 'webgpu-softmax';
import * as reference from 'webgpu-softmax/reference';

export async function callAll(buffer: GPUBuffer, device: GPUDevice): Promise<void> {
  using sm: Softmax = await createSoftmax({ device });
  const x: GpuTensor<'f32'> = sm.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const half = sm.wrap(buffer, [2, 2], { dtype: 'f16' });
  const mask = sm.tensor([0, 1], [2], { dtype: 'u32' });
  const targets = Int32Array.of(0, 1);

  const y = sm.softmax(x, { axis: 0, temperature: 2, mask, emptyRows: 'zero', precision: 'high' });
  const logY = sm.logSoftmax(half, { scale: 0.5, mask: 'causal', out: x });
  const lse: GpuTensor<'f32'> = sm.logSumExp(x);
  sm.softmaxVjp(y, x);
  sm.softmaxJvp(y, x);
  sm.logSoftmaxVjp(logY, x);
  sm.logSoftmaxJvp(logY, x);
  sm.logSumExpVjp(x, lse);
  sm.softmaxJacobian(y);
  const { loss, logSumExp } = sm.crossEntropy(x, targets, { reduction: 'none' });
  const grad = sm.crossEntropyGrad(x, [0, 1], { lossGrad: 2 });
  const both = sm.crossEntropyWithGrad(x, targets, { labelSmoothing: 0.1, out: { grad: x } });
  const layer = sm.linearCrossEntropy(x, x, targets, { wants: ['dX', 'dWeight'] });
  sm.sgdStep(x, layer.dWeight, { learningRate: 0.1 });
  const top = sm.topK(x, 1, { values: 'probabilities' });
  const best: Int32Array = await sm.argmax(x).read();
  const drawn: GpuTensor<'i32'> = sm.sample(x, { seed: 1, draws: 3 });
  for await (const p of sm.stream([Float32Array.of(1, 2)], 'softmax', { classes: 2 })) {
    const values: Float32Array = p;
    console.log(values, best);
  }
  const tuning: Tuning = await sm.tune({ shapes: [{ shape: [4, 4] }] });
  await sm.prepare([['softmax', { shape: [2, 2] }]]);
  await sm.done();
  console.log(tuning, loss, logSumExp, grad, both.loss, layer.dX, top.indices, drawn);

  // @ts-expect-error: it is no axis.
  sm.softmax(x, { axis: 'last' });
  // @ts-expect-error: dBias was not wanted.
  layer.dBias;

  const { data, bound }: reference.Reference = reference.softmax({ data: [1, 2], shape: [2] });
  console.log(data, bound);
}
