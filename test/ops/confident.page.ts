import { compare, describeFailure } from '../../conformance/compare';
import { sharedEngine } from '../../conformance/engine';
import { subgroupsOf, takes } from '../../conformance/matrix';
import {
  crossEntropyWithGrad,
  type Engine,
  type GpuTensor,
  logSumExpVjp,
  type RegimeName,
} from '../../src/index';
import * as reference from '../../src/reference';
import { regimeNames } from '../../src/rows/regimes';

/** What of the results is out of its bound, in words, in every regime that takes the rows. */
async function faultsOf(
  shape: readonly [rows: number, length: number],
  expected: Record<string, reference.Reference>,
  run: (engine: Engine, regime: RegimeName) => Record<string, GpuTensor>,
): Promise<string[]> {
  const engine = await sharedEngine();
  const faults: string[] = [];
  const subgroups = subgroupsOf(engine.device);
  for (const regime of regimeNames.filter((name) => takes(name, shape[1], false, subgroups))) {
    const results = run(engine, regime);
    for (const [name, wanted] of Object.entries(expected)) {
      const actual = (await results[name]!.read()) as Float32Array;
      const comparison = compare(actual, wanted);
      if (comparison.ok) continue;
      const rerun = 'npm test -- confident';
      const context = { variant: regime, label: name, shape, seed: 0, rerun };
      faults.push(describeFailure(context, actual, wanted, comparison));
    }
  }
  return faults;
}

/** Rows whose target stands ever further above the rest, up to losses near 1e-30; faults in words. */
export async function confidentRows(
  length: number,
): Promise<{ smallest: number; faults: string[] }> {
  const gaps = [0.5, 2, 8, 20, 40, 60, 68];
  const logits = new Float32Array(gaps.length * length);
  gaps.forEach((gap, r) => {
    for (let k = 0; k < length; k++) logits[r * length + k] = k === r ? gap : -(k % 5) / 8;
  });
  const shape = [gaps.length, length] as const;
  const targets = Int32Array.from(gaps.keys());
  const options = { reduction: 'none' } as const;
  const host = { data: targets, shape: [gaps.length] };
  const { loss, grad } = reference.crossEntropyWithGrad({ data: logits, shape }, host, options);
  const faults = await faultsOf(shape, { loss, grad }, (engine, regime) => ({
    ...crossEntropyWithGrad(engine.tensor(logits, shape), targets, { ...options, regime }),
  }));
  return { smallest: Math.min(...loss.data), faults };
}

/** Rows of one number far from 0, whose f32 log-sum-exp is that number: the shares of each, and faults. */
export async function farRows(length: number): Promise<{ largest: number; faults: string[] }> {
  const numbers = [-1e9, 1e9, -3e38, 3e38, -70_000, 1e5, 0];
  const x = { data: new Float32Array(numbers.length * length), shape: [numbers.length, length] };
  numbers.forEach((number, r) => {
    x.data.fill(number, r * length, (r + 1) * length);
    // One element is a step below the others.
    x.data[r * length] = number - Math.abs(number) * 2 ** -23;
  });
  const dLse = { data: new Float32Array(numbers.length).fill(1), shape: [numbers.length] };
  const out = reference.logSumExpVjp(x, dLse);
  const faults = await faultsOf([numbers.length, length], { out }, (engine, regime) => ({
    out: logSumExpVjp(engine.tensor(x.data, x.shape), engine.tensor(dLse.data, dLse.shape), {
      regime,
    }),
  }));
  return { largest: Math.max(...out.data), faults };
}

/** A row whose z-loss is beyond f32: its loss and its gradient, in every regime. */
export async function vastPenalty(zLoss: number, logit: number): Promise<number[][]> {
  const engine = await sharedEngine();
  const subgroups = subgroupsOf(engine.device);
  const rows: number[][] = [];
  for (const regime of regimeNames.filter((name) => takes(name, 4, false, subgroups))) {
    const x = engine.tensor(new Float32Array([0, logit, 1, 2]), [1, 4]);
    const options = { zLoss, regime, reduction: 'none' } as const;
    const { loss, grad } = crossEntropyWithGrad(x, [1], options);
    rows.push([...(await loss.read()), ...(await grad.read())]);
  }
  return rows;
}
