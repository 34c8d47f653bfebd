/** A model of transformers.js writes on from a word, its tokens drawn on the GPU. */

import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { createEngineOn, sampleOnGpu } from 'webgpu-softmax/transformers';

// A table of which word follows which, beside this page: in place of a model by its name on the hub.
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = new URL('.', import.meta.url).pathname;
Object.assign(env.backends.onnx.wasm!, { numThreads: 1, wasmPaths: { wasm: wasmUrl } });
const words = ['the', 'cat', 'dog', 'sees', 'and', 'sleeps', '.'];

const model = await AutoModelForCausalLM.from_pretrained('model', {
  device: 'webgpu',
  dtype: 'fp32',
});
const engine = await createEngineOn(env);
const writer = sampleOnGpu(engine, model, { seed: 3, topP: 0.6 });

const prompt = new Tensor('int64', [BigInt(words.indexOf('.'))], [1, 1]);
const ids = (await writer.generate({ input_ids: prompt, max_new_tokens: 10 })) as Tensor;
const written = (ids.tolist() as bigint[][])[0]!.slice(1);
document.querySelector('#report')!.textContent = written.map((id) => words[Number(id)]).join(' ');
