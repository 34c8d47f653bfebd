import { benchShape } from '../../bench/bench-shape';
import { type Candidate, type Measurement, measure } from '../../bench/measure';
import { createEngine } from '../../src';
import { softmax } from '../../src/index';

/** Measures a copy of n elements under several names, with the device's clock and the page's. */
export async function measureCopies(): Promise<Record<'device' | 'page', Measurement>> {
  using engine = await createEngine();
  using x = engine.tensor(new Float32Array(4096), [64, 64]);
  using out = engine.tensor(new Float32Array(4096), [64, 64]);
  const record = (times: number) => (pass: GPUComputePassEncoder) => {
    for (let i = 0; i < times; i++) softmax(x, { pass, out });
  };
  const candidates: Candidate[] = [
    { name: 'once', record: record(1) },
    { name: 'fast of a family', family: 'f', record: record(1) },
    { name: 'slow of a family', family: 'f', record: record(100) },
  ];
  const options = { rounds: 3, sampleMs: 2 };
  return {
    device: await measure(engine.device, candidates, options),
    page: await measure(engine.device, candidates, { ...options, timer: 'wall clock' }),
  };
}

/** What a run says that is aborted at its third step. */
export async function abortAtThirdStep(): Promise<{ error: string; steps: number }> {
  using engine = await createEngine();
  const abort = new AbortController();
  let steps = 0;
  const onProgress = () => {
    steps++;
    if (steps === 3) abort.abort(new Error('enough'));
  };
  const shape = { dims: [7, 33], axis: 1 };
  const options = { signal: abort.signal, onProgress, sampleMs: 0.1 };
  try {
    await benchShape(engine, shape, ['softmax', 'logSoftmax', 'logSumExp'], options);
    return { error: 'none', steps };
  } catch (error) {
    return { error: (error as Error).message, steps };
  }
}
