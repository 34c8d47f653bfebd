/** This library's operations that select, and softmax, on one input; in a page of their own. */

import { uniform } from '../../conformance/random';
import { createSoftmax, type GpuTensor, type Softmax } from '../../src';
import * as reference from '../../src/reference';

export interface SelectShape {
  readonly rows: number;
  readonly classes: number;
  readonly k: number;
}

export type Candidate = 'softmax' | 'topK' | 'topK, probabilities' | 'argmax' | 'sample';

let sm: Softmax;
let calls: Record<Candidate, () => void>;

/** Uploads, compiles, and compares the picks with the reference's. */
export async function open({ rows, classes, k }: SelectShape): Promise<{ wrong: string[] }> {
  sm = await createSoftmax();
  const data = uniform(1, rows * classes, -8, 8);
  const x = sm.tensor(data, [rows, classes]);
  const empty = (dtype: 'f32' | 'i32', ...shape: number[]): GpuTensor =>
    sm.tensor(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0), shape, { dtype });
  const y = sm.softmax(x);
  const out = { values: empty('f32', rows, k), indices: empty('i32', rows, k) };
  const index = empty('i32', rows);
  calls = {
    softmax: () => sm.softmax(x, { out: y }),
    topK: () => sm.topK(x, k, { out }),
    'topK, probabilities': () => sm.topK(x, k, { values: 'probabilities', out }),
    argmax: () => sm.argmax(x, { out: index }),
    sample: () => sm.sample(x, { seed: 1, out: index }),
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
  await sm.done();
  return performance.now() - start;
}
