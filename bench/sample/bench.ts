/**
 * What drawing the next token costs, step by step as a decoder does it: a step is enqueued, and its
 * tokens are waited for. Beside softmax alone, and beside reading the logits back and drawing in JavaScript.
 */
import { type Engine, type GpuTensor, type SamplerOptions, sampler, softmax } from '../../src';
import * as reference from '../../src/reference';
import { median } from '../measure';
import type { OnProgress } from '../session';
import { drawOfTopK, drawOfTopP } from './javascript';
import { batchOf } from './logits';

/** Sequences that are written at once, and their vocabulary. */
export interface SampleShape {
  readonly rows: number;
  readonly classes: number;
}

export interface SampleTiming {
  readonly name: string;
  /** From a step's call to its tokens on the host, the median over the rounds. */
  readonly milliseconds: number;
  /** Of them the host's own work, calls or JavaScript that draws: the median over the steps. */
  readonly hostMicroseconds: number;
  /** Bytes read back a step. */
  readonly bytes: number;
}

export interface SampleResult extends SampleShape {
  readonly source: string;
  readonly timings: readonly SampleTiming[];
  /** Tokens of the first rows that are not the reference's, and no near-ties. */
  readonly wrong: number;
}

/** Milliseconds that a round of a candidate should take at least. */
const SAMPLE_MS = 100;
const TEMPERATURE = 0.8;
const TOP_K = 50;
const TOP_P = 0.95;
const MIN_P = 0.05;
/** Rows that are held to the reference, and what margin is no near-tie. */
const CHECKED = 2;
const NEAR = 2 ** -20;

interface Candidate {
  readonly name: string;
  readonly bytes: number;
  /** A step; the milliseconds of the host's own work. */
  step(): Promise<number>;
}

/** Filters by name, as a decoder would set them. */
function filtersOf(counts: GpuTensor): Record<string, Partial<SamplerOptions>> {
  const penalties = { counts, repetition: 1.1, presence: 0.5 };
  return {
    sampler: {},
    'sampler, topK 50': { topK: TOP_K },
    'sampler, topP 0.95': { topP: TOP_P },
    'sampler, minP 0.05': { minP: MIN_P },
    'sampler, penalties': { penalties },
    'sampler, all together': { topK: TOP_K, topP: TOP_P, minP: MIN_P, penalties },
  };
}

export async function benchSample(
  engine: Engine,
  { rows, classes }: SampleShape,
  { rounds, onProgress }: { rounds: number; onProgress: OnProgress },
): Promise<SampleResult> {
  const { data, source } = await batchOf(rows, classes);
  using x = engine.tensor(data, [rows, classes]);
  using y = engine.tensor(new Float32Array(data.length), [rows, classes]);
  using counts = engine.tensor(new Uint32Array(data.length), [rows, classes]);
  const own = { rows, classes, seed: 1, temperature: TEMPERATURE, depth: 1 };
  const samplers = Object.entries(filtersOf(counts)).map(
    ([name, filters]) => [name, sampler(engine, { ...own, ...filters })] as const,
  );
  const candidates: Candidate[] = [
    {
      name: 'softmax alone',
      bytes: 0,
      step: () => timed(() => softmax(x, { out: y }), engine.done.bind(engine)),
    },
    ...samplers.map(([name, draws]) => ({
      name,
      bytes: 4 * rows,
      step: () => timed(() => draws.next(x), draws.read.bind(draws)),
    })),
    readBack('read back, top-k in JavaScript', x, (row) => drawOfTopK(row, TEMPERATURE, TOP_K)),
    readBack('read back, top-p in JavaScript', x, (row) => drawOfTopP(row, TEMPERATURE, TOP_P)),
  ];
  const wrong = await wrongTokens(engine, { rows, classes }, data, x);
  const timings = await timeInTurns(candidates, rounds, onProgress);
  for (const [, draws] of samplers) draws.destroy();
  return { rows, classes, source, wrong, timings };
}

/** Enqueues, and waits; the milliseconds of the first alone. */
async function timed(enqueue: () => unknown, wait: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  enqueue();
  const time = performance.now() - start;
  await wait();
  return time;
}

function readBack(name: string, x: GpuTensor, draw: (row: Float32Array) => number): Candidate {
  const [rows, classes] = x.shape as [number, number];
  return {
    name,
    bytes: 4 * x.count,
    async step() {
      const all = (await x.read()) as Float32Array;
      const start = performance.now();
      for (let r = 0; r < rows; r++) draw(all.subarray(r * classes, (r + 1) * classes));
      return performance.now() - start;
    },
  };
}

/** Steps of all candidates, a round of each in turn, starting with another one each time. */
async function timeInTurns(
  candidates: readonly Candidate[],
  rounds: number,
  onProgress: OnProgress,
): Promise<SampleTiming[]> {
  const total = candidates.length * (1 + rounds);
  let done = 0;
  const entries: { candidate: Candidate; steps: number; times: number[]; host: number[] }[] = [];
  for (const candidate of candidates) {
    onProgress(`warming up ${candidate.name}`, done++, total);
    // The first step compiles.
    await candidate.step();
    const start = performance.now();
    await candidate.step();
    const ms = performance.now() - start;
    const steps = Math.min(200, Math.ceil(SAMPLE_MS / Math.max(ms, 0.1)));
    entries.push({ candidate, steps, times: [], host: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const { candidate, steps, times, host } = entries[(round + turn) % entries.length]!;
      onProgress(`timing ${candidate.name}`, done++, total);
      const start = performance.now();
      for (let step = 0; step < steps; step++) host.push(1000 * (await candidate.step()));
      times.push((performance.now() - start) / steps);
    }
  }
  return entries.map(({ candidate: { name, bytes }, times, host }) => ({
    name,
    bytes,
    milliseconds: median(times),
    hostMicroseconds: median(host),
  }));
}

/** Tokens of two steps of the first rows that differ from the reference's draws. */
async function wrongTokens(
  engine: Engine,
  { rows, classes }: SampleShape,
  data: Float32Array,
  x: GpuTensor,
): Promise<number> {
  const own = { seed: 2, temperature: TEMPERATURE };
  using draws = sampler(engine, { rows, classes, ...own });
  const checked = Math.min(rows, CHECKED);
  const some = { data: data.subarray(0, checked * classes), shape: [checked, classes] };
  let wrong = 0;
  for (let step = 0; step < 2; step++) {
    draws.next(x);
    const tokens = await draws.read();
    const expected = reference.sample(some, { ...own, rowOffset: step * rows });
    expected.indices.forEach((index, r) => {
      if (index !== tokens[r] && expected.margins[r]! > NEAR) wrong++;
    });
  }
  return wrong;
}
