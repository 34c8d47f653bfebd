/** Kernels of the built library, held to the reference. */

import type { Case } from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { runCases } from '../../conformance/run-cases';
import * as reference from '../../src/reference';
import type { Softmax } from '../../src/softmax';

/** Runs cases, and operations that no case is of; what is wrong, in words. */
export async function runBuilt(url: string, cases: readonly Case[]) {
  const built: typeof import('../../src/index') = await import(/* @vite-ignore */ url);
  using sm = await built.createSoftmax();
  const results = await runCases(sm, cases);
  const faults = results.filter(({ ok }) => !ok).map(({ report }) => report);
  return {
    compared: results.reduce((sum, { count }) => sum + count, 0),
    faults: [...faults, ...(await selected(sm)), ...(await trained(sm))],
  };
}

/** Picks by a lane and by a workgroup, and draws. */
async function selected(sm: Softmax): Promise<string[]> {
  const shape = [3, 200];
  const data = logits(1, 600);
  const x = sm.tensor(data, shape);
  const expected = reference.topK({ data, shape }, 4);
  const faults: string[] = [];
  for (const regime of ['split-per-invocation', 'split-per-workgroup'] as const) {
    const { values, indices } = sm.topK(x, 4, { regime });
    const sameIndices = String(await indices.read()) === String(expected.indices);
    const sameValues = compare(await values.read(), expected.values).ok;
    if (!sameIndices || !sameValues) faults.push(`topK, ${regime}`);
  }
  const drawn = await sm.sample(x, { seed: 7 }).read();
  const draws = reference.sample({ data, shape }, { seed: 7 });
  if (String(drawn) !== String(draws.indices)) faults.push(`sample: ${drawn}`);
  return faults;
}

/** Products in registers and through workgroup memory, rows by index, and a step. */
async function trained(sm: Softmax): Promise<string[]> {
  const [n, depth, classes] = [4, 5, 6];
  const x = { data: logits(2, n * depth), shape: [n, depth] };
  const weight = { data: logits(3, classes * depth), shape: [classes, depth] };
  const targets = { data: Int32Array.of(1, 5, 0, 3), shape: [n] };
  const expected = reference.linearCrossEntropy(x, weight, targets, {});
  const faults: string[] = [];
  const onGpu = { x: sm.tensor(x.data, x.shape), weight: sm.tensor(weight.data, weight.shape) };
  for (const product of ['registers', 'workgroup'] as const) {
    const results = sm.linearCrossEntropy(
      onGpu.x,
      onGpu.weight,
      sm.tensor(targets.data, targets.shape),
      { product, rows: sm.tensor(Uint32Array.of(0, 1, 2, 3), [n]) },
    );
    for (const name of ['loss', 'dX', 'dWeight', 'dBias'] as const) {
      const actual = await results[name].read();
      if (!compare(actual, expected[name]).ok)
        faults.push(`linearCrossEntropy ${product}: ${name}`);
    }
  }
  const grad = sm.tensor(new Float32Array(classes * depth).fill(2), weight.shape);
  const stepped = await sm.sgdStep(onGpu.weight, grad, { learningRate: 0.5 }).read();
  if (stepped.some((w, i) => w !== Math.fround(weight.data[i]! - 1))) faults.push('sgdStep');
  return faults;
}
