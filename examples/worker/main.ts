import type { Request, Response } from './worker';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, (response: Response) => void>();
worker.addEventListener('message', ({ data }: MessageEvent<Response>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});
let next = 0;

/** Probabilities of rows of logits, whose memory the worker takes over. */
async function softmax(logits: Float32Array<ArrayBuffer>, classes: number): Promise<Float32Array> {
  const request: Request = { id: next++, logits, classes };
  const response = await new Promise<Response>((resolve) => {
    waiting.set(request.id, resolve);
    worker.postMessage(request, [logits.buffer]);
  });
  if ('error' in response) throw new Error(response.error);
  return response.probabilities;
}

const logits = Float32Array.of(2, 4, 2, 1, 0, 0, 0, 0);
const [first, second] = await Promise.all([softmax(logits, 4), softmax(Float32Array.of(1, 2), 2)]);
const failed = await softmax(Float32Array.of(1, 2, 3), 2).catch((error: Error) => error.message);
const shown = (p: Float32Array) => Array.from(p, (v) => v.toFixed(4)).join(' ');
document.querySelector('#report')!.textContent = [
  shown(first),
  shown(second),
  `${logits.length} elements are left here`,
  failed,
].join('\n');
worker.terminate();
