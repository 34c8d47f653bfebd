/** Every operation as a program in TypeScript calls it: compiled, never run. */
import {
  argmax,
  countTokens,
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  cutoff,
  type Engine,
  f16,
  type GpuTensor,
  high,
  linearCrossEntropy,
  logProbabilities,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  prepare,
  sample,
  sampler,
  setTuning,
  sgdStep,
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
  stream,
  type Tuning,
  topK,
  tune,
} from 'webgpu-softmax';
import * as reference from 'webgpu-softmax/reference';

export async function callAll(buffer: GPUBuffer, device: GPUDevice): Promise<void> {
  const engine: Engine = await createEngine({ device, f16 });
  const x: GpuTensor<'f32'> = engine.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const half = engine.wrap(buffer, [2, 2], { dtype: 'f16' });
  const mask = engine.tensor([0, 1], [2], { dtype: 'u32' });
  const targets = Int32Array.of(0, 1);

  const y = softmax(x, { axis: 0, temperature: 2, mask, emptyRows: 'zero', precision: high });
  const logY = logSoftmax(half, { scale: 0.5, mask: 'causal', out: x });
  const lse: GpuTensor<'f32'> = logSumExp(x);
  softmaxVjp(y, x);
  softmaxJvp(y, x);
  logSoftmaxVjp(logY, x);
  logSoftmaxJvp(logY, x);
  logSumExpVjp(x, lse);
  softmaxJacobian(y);
  const { loss, logSumExp: lses } = crossEntropy(x, targets, { reduction: 'none' });
  const grad = crossEntropyGrad(x, [0, 1], { lossGrad: 2 });
  const both = crossEntropyWithGrad(x, targets, { labelSmoothing: 0.1, out: { grad: x } });
  const layer = linearCrossEntropy(x, x, targets, { wants: ['dX', 'dWeight'] });
  sgdStep(x, layer.dWeight, { learningRate: 0.1 });
  const top = topK(x, 1, { values: 'probabilities' });
  const best: GpuTensor<'i32'> = argmax(x);
  const drawn: GpuTensor<'i32'> = sample(x, { seed: 1, draws: 3, topP: 0.9 });
  const { kept, threshold } = cutoff(x, { topK: 1, minP: 0.1, order: ['minP', 'topK'] });
  const { values, ranks } = logProbabilities(x, targets);
  const counts: GpuTensor<'u32'> = countTokens(mask, [0, 1], { prompt: true });
  const penalties = { counts, repetition: 1.1 };
  const draws = sampler(engine, { rows: 2, classes: 2, seed: 1, penalties });
  draws.next(x);
  const tokens: Int32Array = await draws.read();
  draws.destroy();
  console.log(kept, threshold, values, ranks, tokens);
  for await (const p of stream(engine, [Float32Array.of(1, 2)], (x) => softmax(x), {
    classes: 2,
  })) {
    const values: Float32Array = p;
    console.log(values, best);
  }
  const tuning: Tuning = await tune(engine, { shapes: [{ shape: [4, 4] }] });
  setTuning(engine, tuning);
  await prepare(engine, [[softmax, { shape: [2, 2] }]]);
  await engine.done();
  device.queue.writeBuffer(buffer, 0, await y.read());
  const file = new Blob([await best.read(), await both.grad.read()]);
  console.log(file, tuning, loss, lses, grad, both.loss, layer.dX, top.indices, drawn);

  // @ts-expect-error: it is no axis.
  softmax(x, { axis: 'last' });
  // @ts-expect-error: its elements are no integers.
  const wrong: Int32Array = await y.read();
  // @ts-expect-error: dBias was not wanted.
  layer.dBias;
  console.log(wrong);
  x.destroy();
  engine.destroy();

  const { data, bound }: reference.Reference = reference.softmax({ data: [1, 2], shape: [2] });
  console.log(data, bound);
}
