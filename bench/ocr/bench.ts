/** The main job: real logits, softmaxed on the GPU, checked, and decoded into text. */

import { compare } from '../../conformance/compare';
import type { Engine } from '../../src';
import * as library from '../../src/index';
import { softmax as reference } from '../../src/reference';
import { type BenchShapeOptions, benchShape, type ShapeResult } from '../bench-shape';
import { type BatchResult, readBatch } from './batch';
import { type OcrResult, readLines } from './run';

export interface OcrBench {
  readonly lines: OcrResult['lines'];
  readonly shape: OcrResult['logits']['shape'];
  /** Wall-clock milliseconds of each step; softmax's is the upload, the first call and the read-back. */
  readonly milliseconds: OcrResult['milliseconds'];
  /** All the probabilities that were decoded, against the reference; null as in `Check`. */
  readonly probabilities: {
    readonly count: number;
    readonly failures: number;
    readonly maxUlp: number | null;
    readonly maxShare: number | null;
  };
  /** Softmax on the same logits as in the table. */
  readonly softmax: ShapeResult;
  /** Hundreds of lines, from the runtime's own softmax and from top-5. */
  readonly batch: BatchResult;
}

/**
 * Reads the bench's lines of text with the library's softmax, compares every probability with the
 * reference, and times the softmax.
 *
 * @throws as `readLines`, `benchShape` and `readBatch`.
 */
export async function benchOcr(engine: Engine, options: BenchShapeOptions = {}): Promise<OcrBench> {
  const { signal, onProgress = () => {} } = options;
  const steps = 8;
  let step = 0;
  let probabilities = new Float32Array();
  const { lines, logits, milliseconds } = await readLines(
    async (data, shape) => {
      using x = engine.tensor(data, shape);
      using y = library.softmax(x);
      probabilities = (await y.read()) as Float32Array<ArrayBuffer>;
      return probabilities;
    },
    (message) => {
      signal?.throwIfAborted();
      onProgress(message, step++, steps);
    },
  );
  onProgress(`checking ${probabilities.length} probabilities`, step++, steps);
  const { count, failures, maxUlp, maxShare } = compare(probabilities, reference(logits));
  onProgress('timing softmax on these logits', step++, steps);
  const shape = { dims: logits.shape, axis: 2 };
  const softmax = await benchShape(engine, shape, ['softmax'], {
    ...options,
    onProgress: () => {},
    logits: logits.data,
  });
  const batch = await readBatch(engine, (message) => {
    signal?.throwIfAborted();
    onProgress(message, step, steps);
  });
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    lines,
    shape: logits.shape,
    milliseconds,
    probabilities: { count, failures, maxUlp: finite(maxUlp), maxShare: finite(maxShare) },
    softmax,
    batch,
  };
}
