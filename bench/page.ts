/** What the command line calls in its page; arguments and results pass as JSON. */
import { createSoftmax, type Softmax } from '../src';
import { type BenchShapeOptions, benchShape, type ShapeResult } from './bench-shape';
import { benchOcr, type OcrBench } from './ocr/bench';
import type { OpName } from './ops';
import type { Shape } from './shapes';

declare global {
  /** Given by the command line. */
  function reportProgress(step: string, done: number, total: number): void;
}

type Request = Pick<BenchShapeOptions, 'rounds' | 'sampleMs'>;

let engine: Promise<Softmax> | undefined;
const faults: string[] = [];

/** One engine for all calls; what its device complains of fails the call in hand. */
async function withEngine<T>(work: (sm: Softmax) => Promise<T>): Promise<T> {
  engine ??= createSoftmax().then((sm) => {
    sm.device.addEventListener('uncapturederror', ({ error }) => faults.push(error.message));
    return sm;
  });
  const result = await work(await engine);
  if (faults.length > 0) throw new Error(`on the GPU: ${faults.splice(0).join('\n')}`);
  return result;
}

export const runShape = (
  shape: Shape,
  ops: readonly OpName[],
  request: Request,
): Promise<ShapeResult> =>
  withEngine((sm) => benchShape(sm, shape, ops, { ...request, onProgress: reportProgress }));

export const runOcr = (request: Request): Promise<OcrBench> =>
  withEngine((sm) => benchOcr(sm, { ...request, onProgress: reportProgress }));
