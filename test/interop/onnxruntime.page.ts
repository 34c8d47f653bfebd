import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { onnxModel } from '../../bench/peers/onnx-model';
import { createSoftmaxOn, fromOrt, toOrt } from '../../src/interop/onnxruntime';
import * as reference from '../../src/reference';
import { compare } from '../harness/compare';
import { logits } from '../harness/random';
import { countCopies } from './count';

const dims = [64, 1000];

const session = (type: string, attributes = {}) =>
  ort.InferenceSession.create(onnxModel(dims, [{ type, inputs: ['x'], output: 'y', attributes }]), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });

/** From a session of the runtime's through softmax and top-k into the next session. */
export async function roundTrip() {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  const early = await createSoftmaxOn(ort).then(
    () => 'an engine',
    (error: Error) => error.message,
  );
  const negate = await session('Neg');
  const own = await session('Softmax', { axis: 1 });
  const sm = await createSoftmaxOn(ort);
  const data = logits(1, 64_000);
  const negated = data.map((v) => -v);
  const copies = countCopies(sm.device);

  const y = (await negate.run({ x: new ort.Tensor('float32', negated, dims) })).y!;
  copies.take();
  const x = fromOrt(sm, y);
  const p = sm.softmax(x);
  const best = sm.topK(x, 5);
  const out = toOrt(ort, p);
  const between = copies.take();
  const same = x.buffer === y.gpuBuffer && out.gpuBuffer === p.buffer;

  // The runtime reads our buffer, and its own softmax the one that we read.
  const back = (await negate.run({ x: out })).y!;
  const theirs = (await own.run({ x: y })).y!;
  const expected = reference.softmax({ data, shape: dims });
  const ours = ((await back.getData()) as Float32Array).map((v) => -v);
  const indices = await best.indices.read();
  const result = {
    early,
    same,
    between,
    ours: compare(ours, expected).ok,
    theirs: compare((await theirs.getData()) as Float32Array, expected).ok,
    picks: indices.join() === reference.topK({ data, shape: dims }, 5).indices.join(),
    refused: [] as string[],
    destroyed: false,
  };
  for (const bad of [new ort.Tensor('float32', data, dims), 5]) {
    try {
      fromOrt(sm, bad as ort.Tensor);
    } catch (error) {
      result.refused.push((error as Error).message);
    }
  }
  out.dispose();
  result.destroyed = p.destroyed;
  for (const tensor of [y, back, theirs]) tensor.dispose();
  await sm.done();
  await negate.release();
  return result;
}
