/** A layer of many classes, whose logits are held block by block or whole: memory and time. */

import { compare } from '../../conformance/compare';
import { normal, Random } from '../../conformance/random';
import { createEngine, linearCrossEntropy } from '../../src';
import * as reference from '../../src/reference';
import { median } from '../measure';

export interface LayerResult {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Bytes beyond inputs and outputs at the most, and of the logits if they were held whole. */
  readonly peakBytes: number;
  readonly logitsBytes: number;
  /** Medians over the rounds; null where the device has no room for the logits. */
  readonly milliseconds: number;
  readonly wholeMilliseconds: number | null;
  /** Blocks' time over that of the whole: the median over neighbours in time, for runs take minutes. */
  readonly ratio: number | null;
  /** Rows of dX that were compared with the reference, and their elements beyond the bound. */
  readonly checkedRows: number;
  readonly failures: number;
}

const CHECKED = 4;

/** @throws Error if the GPU fails. */
export async function benchLayer(
  rows: number,
  {
    rounds,
    onProgress,
  }: { rounds: number; onProgress: (step: string, done: number, total: number) => void },
): Promise<LayerResult> {
  const [features, classes] = [256, 32_768];
  using engine = await createEngine();
  const x = normal(1, rows * features);
  const w = normal(2, classes * features, 1 / 16);
  const random = new Random(3);
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const [xs, weight] = [engine.tensor(x, [rows, features]), engine.tensor(w, [classes, features])];
  const targets = engine.tensor(labels, [rows]);
  const out = {
    loss: zeros(),
    dX: zeros(rows, features),
    dWeight: zeros(classes, features),
    dBias: zeros(classes),
  };
  const run = async (scratchBytes?: number) => {
    const start = performance.now();
    const reduction = 'sum' as const;
    const budget = scratchBytes === undefined ? {} : { scratchBytes };
    linearCrossEntropy(xs, weight, targets, { reduction, out, ...budget });
    await engine.done();
    return performance.now() - start;
  };
  const { bytes } = engine.memory;
  const blocks: number[] = [];
  const whole: number[] = [];
  const total = 2 * rounds + 1;
  onProgress('logits in blocks, compiling', 0, total);
  await run();
  const peakBytes = engine.memory.peakBytes - bytes;
  const dX = await out.dX.read();

  const logitsBytes = 4 * rows * classes;
  const fits = logitsBytes + 256 <= engine.device.limits.maxStorageBufferBindingSize;
  for (let round = 0; round < rounds; round++) {
    // Now the one first, now the other: what drifts favours neither.
    const turns = [
      async () => blocks.push(await run()),
      async () => fits && whole.push(await run(logitsBytes)),
    ];
    if (round % 2 === 1) turns.reverse();
    for (const [i, turn] of turns.entries()) {
      onProgress('logits in blocks and whole, by turns', 1 + 2 * round + i, total);
      await turn();
    }
  }

  const checked = Array.from({ length: CHECKED }, () => random.integer(rows));
  let failures = 0;
  for (const row of checked) {
    const of = (data: Float32Array) => data.slice(row * features, (row + 1) * features);
    const expected = reference.linearCrossEntropy(
      { data: of(x), shape: [1, features] },
      { data: w, shape: [classes, features] },
      { data: labels.slice(row, row + 1), shape: [1] },
      { reduction: 'sum' },
    );
    failures += compare(of(dX), expected.dX).failures;
  }
  return {
    rows,
    features,
    classes,
    peakBytes,
    logitsBytes,
    milliseconds: median(blocks),
    wholeMilliseconds: fits ? median(whole) : null,
    ratio: fits ? median(blocks.map((time, round) => time / whole[round]!)) : null,
    checkedRows: CHECKED,
    failures,
  };
}
