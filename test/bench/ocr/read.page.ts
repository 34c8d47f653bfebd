import { readLines } from '../../../bench/ocr/run';
import { softmax } from '../../../src/reference';

/** Reads the bench's lines with the reference's softmax. */
export async function readWithReference() {
  const { lines, logits, milliseconds } = await readLines(async (data, shape) =>
    Float32Array.from(softmax({ data, shape }).data),
  );
  const ms = Object.entries(milliseconds).map(([step, time]) => `${step} ${Math.round(time)} ms`);
  return { lines, shape: logits.shape, ms: ms.join(', ') };
}
