/** Kernels of the built library, held to the reference. */

import { type Case, type Library, runOp } from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { runCases } from '../../conformance/run-cases';
import type { Engine } from '../../src/index';
import * as reference from '../../src/reference';

/** Runs cases, and operations that no case is of; what is wrong, in words. */
export async function runBuilt(url: string, cases: readonly Case[]) {
  const built: Library = await import(/* @vite-ignore */ url);
  using engine = await built.createEngine({ f16: built.f16 });
  const results = await runCases(engine, cases, undefined, (c, tensors, outs) =>
    runOp(built, c, tensors, outs),
  );
  const faults = results.filter(({ ok }) => !ok).map(({ report }) => report);
  return {
    compared: results.reduce((sum, { count }) => sum + count, 0),
    faults: [...faults, ...(await selected(built, engine)), ...(await trained(built, engine))],
  };
}

/** Picks by a lane and by a workgroup, and draws. */
async function selected({ sample, topK }: Library, engine: Engine): Promise<string[]> {
  const shape = [3, 200];
  const data = logits(1, 600);
  const x = engine.tensor(data, shape);
  const expected = reference.topK({ data, shape }, 4);
  const faults: string[] = [];
  for (const regime of ['split-per-invocation', 'split-per-workgroup'] as const) {
    const { values, indices } = topK(x, 4, { regime });
    const sameIndices = String(await indices.read()) === String(expected.indices);
    const sameValues = compare(await values.read(), expected.values).ok;
    if (!sameIndices || !sameValues) faults.push(`topK, ${regime}`);
  }
  const drawn = await sample(x, { seed: 7 }).read();
  const draws = reference.sample({ data, shape }, { seed: 7 });
  if (String(drawn) !== String(draws.indices)) faults.push(`sample: ${drawn}`);
  return faults;
}

/** Products in registers and through workgroup memory, rows by index, and a step. */
async function trained(
  { linearCrossEntropy, sgdStep }: Library,
  engine: Engine,
): Promise<string[]> {
  const [n, depth, classes] = [4, 5, 6];
  const x = { data: logits(2, n * depth), shape: [n, depth] };
  const weight = { data: logits(3, classes * depth), shape: [classes, depth] };
  const targets = { data: Int32Array.of(1, 5, 0, 3), shape: [n] };
  const expected = reference.linearCrossEntropy(x, weight, targets, {});
  const faults: string[] = [];
  const onGpu = {
    x: engine.tensor(x.data, x.shape),
    weight: engine.tensor(weight.data, weight.shape),
  };
  for (const product of ['registers', 'workgroup'] as const) {
    const results = linearCrossEntropy(
      onGpu.x,
      onGpu.weight,
      engine.tensor(targets.data, targets.shape),
      { product, rows: engine.tensor(Uint32Array.of(0, 1, 2, 3), [n]) },
    );
    for (const name of ['loss', 'dX', 'dWeight', 'dBias'] as const) {
      const actual = await results[name].read();
      if (!compare(actual, expected[name]).ok)
        faults.push(`linearCrossEntropy ${product}: ${name}`);
    }
  }
  const grad = engine.tensor(new Float32Array(classes * depth).fill(2), weight.shape);
  const stepped = await sgdStep(onGpu.weight, grad, { learningRate: 0.5 }).read();
  if (stepped.some((w, i) => w !== Math.fround(weight.data[i]! - 1))) faults.push('sgdStep');
  return faults;
}
