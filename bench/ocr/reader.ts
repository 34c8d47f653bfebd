/** A recogniser and a library's picks of its logits, wherever these are. */
import { type Engine, type GpuTensor, topK } from '../../src/index';
import { importPart } from '../files';
import { createRecognizer, type Logits } from './recognizer';
import type { Images } from './render';

/** The likeliest classes of each time step, and the milliseconds they took, read-back included. */
export interface Picks {
  readonly values: Float32Array;
  readonly indices: Int32Array;
  readonly milliseconds: number;
}

/** What a recogniser made of a batch of images: logits. */
export interface Recognized {
  readonly shape: Logits['shape'];
  /** The runtime's own softmax of them, on the host, and the milliseconds it took. */
  own(): Promise<{ data: Float32Array; milliseconds: number }>;
  /** This library's k likeliest classes of each step, with their probabilities. */
  picks(k: number, temperature?: number): Promise<Picks>;
  release(): Promise<void>;
}

export interface Reader {
  /** The runtime's provider, and where it leaves logits. */
  readonly provider: 'wasm' | 'webgpu';
  recognize(images: Images): Promise<Recognized>;
  /** What the model gives as it is: probabilities. */
  unmodified(images: Images): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * A reader on the runtime's WebGPU provider, which leaves logits on the GPU, or, where the adapter is a
 * software one, on its wasm provider, which is faster there.
 *
 * @param engine what picks, unless the runtime has a device of its own
 */
export async function createReader(engine: Engine): Promise<Reader> {
  if (engine.isSoftware) return createWasmReader(engine);
  const { createWebGpuReader } = await importPart(() => import('./reader-webgpu'));
  return createWebGpuReader();
}

/** Times k picks of each step, from the tensor to the host. */
export async function pick(k: number, temperature: number, place: () => GpuTensor): Promise<Picks> {
  const start = performance.now();
  const x = place();
  const { values, indices } = topK(x, k, { values: 'probabilities', temperature });
  const [p, i] = await Promise.all([values.read(), indices.read()]);
  for (const tensor of [x, values, indices]) tensor.destroy();
  return { values: p, indices: i, milliseconds: performance.now() - start };
}

async function createWasmReader(engine: Engine): Promise<Reader> {
  const recognizer = await createRecognizer();
  return {
    provider: 'wasm',
    async recognize(images) {
      const { data, shape } = await recognizer.logits(images);
      const softmax = await recognizer.softmax(shape);
      return {
        shape,
        own: () => softmax.run(data),
        picks: (k, temperature = 1) => pick(k, temperature, () => engine.tensor(data, shape)),
        release: () => softmax.release(),
      };
    },
    unmodified: (images) => recognizer.probabilities(images),
    release: () => recognizer.release(),
  };
}
