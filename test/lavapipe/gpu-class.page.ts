/** What a GPU is given to run, on a software adapter that takes it. */
import { sharedArena, sharedEngine } from '../../conformance/engine';
import { kernels, matrixOf, specials, subgroupsOf } from '../../conformance/matrix';
import { partOf } from '../../conformance/random';
import { runCasesIn } from '../../conformance/run-cases';
import type { Outcome } from './wide.page';

const options = { adapterClass: 'gpu' } as const;

/**
 * Every regime, forced, for one operation and what the planner picks for a GPU; then special values.
 * Or a share of those cases, drawn by the seed.
 */
export async function runMatrix(
  kernel: number,
  strided: boolean,
  share: number,
  seed: number,
): Promise<Outcome> {
  const { device } = await sharedEngine(options);
  const subgroups = subgroupsOf(device);
  const of = kernels[kernel]!;
  const forced = matrixOf(of, strided, subgroups);
  const planned = forced.flatMap(({ regime, ...c }) =>
    regime === 'split-per-invocation' ? [c] : [],
  );
  const cases = [...forced, ...planned, ...(strided ? [] : specials(of, subgroups))];
  const part = partOf(cases, share, seed + kernel);
  const results = await runCasesIn(await sharedArena(options), part);
  return {
    cases: results.length,
    elements: results.reduce((sum, { count }) => sum + count, 0),
    reports: results.flatMap(({ ok, report }) => (ok ? [] : [report])).slice(0, 4),
  };
}
