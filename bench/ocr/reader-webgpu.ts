/** The recogniser on ONNX Runtime Web's WebGPU provider: its logits stay on the GPU. */
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { createEngineOn, fromOrt } from '../../src/interop/onnxruntime';
import { onnxModel } from '../peers/onnx-model';
import { provideWasm } from '../peers/ort-wasm';
import { fetchModel } from './model';
import { pick, type Reader } from './reader';
import type { Logits } from './recognizer';

/** @throws Error if the model cannot be fetched, cut or loaded, or there is no WebGPU provider */
export async function createWebGpuReader(): Promise<Reader> {
  await provideWasm(ort.env, wasmUrl);
  const { whole, model, output } = await fetchModel();
  const load = (bytes: Uint8Array) =>
    ort.InferenceSession.create(bytes, {
      executionProviders: ['webgpu'],
      preferredOutputLocation: 'gpu-buffer',
    });
  const session = await load(model);
  const input = session.inputNames[0]!;
  const engine = await createEngineOn(ort);
  return {
    provider: 'webgpu',
    async recognize({ data, shape: imageShape }) {
      const results = await session.run({ [input]: new ort.Tensor('float32', data, imageShape) });
      const logits = results[output]!;
      const shape = logits.dims as Logits['shape'];
      const attributes = { axis: 2 };
      const own = await load(
        onnxModel(shape, [{ type: 'Softmax', inputs: ['x'], output: 'y', attributes }]),
      );
      return {
        shape,
        async own() {
          const start = performance.now();
          const { y } = await own.run({ x: logits });
          const found = (await y!.getData(true)) as Float32Array;
          return { data: found, milliseconds: performance.now() - start };
        },
        picks: (k, temperature = 1) => pick(k, temperature, () => fromOrt(engine, logits)),
        async release() {
          await own.release();
          logits.dispose();
        },
      };
    },
    async unmodified({ data, shape }) {
      const unmodified = await load(whole);
      const results = await unmodified.run({ [input]: new ort.Tensor('float32', data, shape) });
      const found = (await results[unmodified.outputNames[0]!]!.getData(true)) as Float32Array;
      await unmodified.release();
      return found;
    },
    async release() {
      engine.destroy();
      await session.release();
    },
  };
}
