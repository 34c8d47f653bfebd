/** This library's operations that select, and softmax, on one input; in a page of their own. */

import { uniform } from '../../conformance/random';
import * as library from '../../src';
import {
  argmax,
  createEngine,
  cutoff,
  type Engine,
  type GpuTensor,
  softmax,
  topK,
} from '../../src';
import * as reference from '../../src/reference';

export interface SelectShape {
  readonly rows: number;
  readonly classes: number;
  readonly k: number;
}

export type Candidate =
  | 'softmax'
  | 'topK'
  | 'topK, probabilities'
  | 'argmax'
  | 'cutoff'
  | 'sample'
  | 'sample, penalties'
  | 'logProbabilities';

let engine: Engine;
let calls: Record<Candidate, () => void>;

/** Uploads, compiles, and compares the picks with the reference's. */
export async function open({ rows, classes, k }: SelectShape): Promise<{ wrong: string[] }> {
  engine = await createEngine();
  const data = uniform(1, rows * classes, -8, 8);
  const x = engine.tensor(data, [rows, classes]);
  const empty = (dtype: 'f32' | 'i32', ...shape: number[]): GpuTensor =>
    engine.tensor(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0), shape, { dtype });
  const y = softmax(x);
  const out = { values: empty('f32', rows, k), indices: empty('i32', rows, k) };
  const index = empty('i32', rows);
  const asked = { values: empty('f32', rows), ranks: empty('i32', rows) };
  const counts = engine.tensor(new Uint32Array(rows * classes), [rows, classes]);
  const penalties = { counts, repetition: 1.1 };
  const left = { kept: index, threshold: empty('f32', rows) };
  calls = {
    softmax: () => softmax(x, { out: y }),
    topK: () => topK(x, k, { out }),
    'topK, probabilities': () => topK(x, k, { values: 'probabilities', out }),
    argmax: () => argmax(x, { out: index }),
    sample: () => library.sample(x, { seed: 1, out: index }),
    'sample, penalties': () => {
      const tokens = library.sample(x, { seed: 1, penalties, out: index });
      library.countTokens(penalties.counts, tokens);
    },
    logProbabilities: () => library.logProbabilities(x, index, { out: asked }),
    cutoff: () => cutoff(x, { topP: 0.9, out: left }),
  };
  calls.topK();
  const picks = await out.indices.read();
  const some = { data: data.subarray(0, 4 * classes), shape: [4, classes] };
  const expected = reference.topK(some, k).indices;
  return { wrong: expected.every((at, i) => at === picks[i]) ? [] : ['our topK'] };
}

/** Milliseconds of so many calls. */
export async function sample(name: Candidate, count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) calls[name]();
  await engine.done();
  return performance.now() - start;
}
