import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { onnxModel } from '../peers/onnx-model';
import { provideWasm } from '../peers/ort-wasm';
import { fetchModel, KEYS } from './model';
import type { Images } from './render';

/** What the recogniser saw, before any softmax: `[lines, time, classes]`. */
export interface Logits {
  data: Float32Array;
  shape: [lines: number, time: number, classes: number];
}

/** A softmax of the runtime's own over the last axis of logits of one shape. */
export interface OwnSoftmax {
  /** The probabilities, and the milliseconds they took. */
  run(logits: Float32Array): Promise<{ data: Float32Array; milliseconds: number }>;
  release(): Promise<void>;
}

export interface Recognizer {
  /** Text of every class: the blank (empty) first, then the model's keys, the space last. */
  keys: readonly string[];
  logits(images: Images): Promise<Logits>;
  /** The runtime's own softmax, as the model ends in one. */
  softmax(shape: Logits['shape']): Promise<OwnSoftmax>;
  /** What the model gives as it is, with its softmax: probabilities. */
  probabilities(images: Images): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Loads PP-OCRv4's text recogniser without its last Softmax, on ONNX Runtime Web's `wasm` provider.
 *
 * @throws Error if the model cannot be fetched, cut or loaded
 */
export async function createRecognizer(): Promise<Recognizer> {
  await provideWasm(ort.env, wasmUrl);
  const { whole, model, output } = await fetchModel();
  const load = (bytes: Uint8Array) =>
    ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const session = await load(model);
  const input = session.inputNames[0]!;

  return {
    keys: KEYS,
    async logits({ data, shape }) {
      const results = await session.run({ [input]: new ort.Tensor('float32', data, shape) });
      const { data: logits, dims } = results[output]!;
      return { data: logits as Float32Array, shape: dims as Logits['shape'] };
    },
    async softmax(shape) {
      const own = await load(
        onnxModel(shape, [
          { type: 'Softmax', inputs: ['x'], output: 'y', attributes: { axis: 2 } },
        ]),
      );
      return {
        async run(logits) {
          const x = new ort.Tensor('float32', logits, shape);
          const start = performance.now();
          const { y } = await own.run({ x });
          return { data: y!.data as Float32Array, milliseconds: performance.now() - start };
        },
        release: () => own.release(),
      };
    },
    async probabilities({ data, shape }) {
      const unmodified = await load(whole);
      const results = await unmodified.run({ [input]: new ort.Tensor('float32', data, shape) });
      const found = results[unmodified.outputNames[0]!]!.data as Float32Array;
      await unmodified.release();
      return found;
    },
    release: () => session.release(),
  };
}
