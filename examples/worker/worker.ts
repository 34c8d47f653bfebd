/** The engine in a worker: the page stays free while shaders compile and results are copied. */
import { createEngine, softmax } from 'webgpu-softmax';

/** Rows of logits that are given away, and what to do with them. */
export interface Request {
  readonly id: number;
  readonly logits: Float32Array<ArrayBuffer>;
  readonly classes: number;
}

/** Their probabilities, given back in the same memory, or what went wrong. */
export type Response =
  | { readonly id: number; readonly probabilities: Float32Array<ArrayBuffer> }
  | { readonly id: number; readonly error: string };

const coming = createEngine();

async function answer({ id, logits, classes }: Request): Promise<Response> {
  try {
    const engine = await coming;
    const x = engine.tensor(logits, [logits.length / classes, classes]);
    const p = softmax(x, { out: x });
    const probabilities = (await p.read()) as Float32Array<ArrayBuffer>;
    x.destroy();
    return { id, probabilities };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

self.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  const response = await answer(data);
  // Moved, not copied.
  const moved = 'error' in response ? [] : [response.probabilities.buffer];
  (self as unknown as Worker).postMessage(response, moved);
});
