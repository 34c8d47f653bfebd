/** The logits of a model stay on the GPU: its three likeliest classes a row, and their probabilities. */

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { createEngineOn, fromOrt } from 'webgpu-softmax/onnxruntime';
import { topK } from '../../src/index';
// Squares its input, [2, 5]: in place of a model of yours without its last softmax.
import modelUrl from './model.onnx?url';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: wasmUrl };
const session = await ort.InferenceSession.create(modelUrl, {
  executionProviders: ['webgpu'],
  preferredOutputLocation: 'gpu-buffer',
});
const engine = await createEngineOn(ort);

const x = new ort.Tensor('float32', Float32Array.of(1, 2, 0, 1, -2, 0, 1, 1, 3, 1), [2, 5]);
const { y: logits } = await session.run({ x });
const { values, indices } = topK(fromOrt(engine, logits!), 3, { values: 'probabilities' });
logits!.dispose();

const [p, k] = await Promise.all([values.read(), indices.read()]);
document.querySelector('#report')!.textContent = [0, 1]
  .map((row) => [0, 1, 2].map((i) => `${k[3 * row + i]}: ${p[3 * row + i]!.toFixed(4)}`).join(', '))
  .join('\n');
values.destroy();
indices.destroy();
