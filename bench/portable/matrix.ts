/** A seeded part of the tests' cases, as many as time allows. */
import { Arena } from '../../conformance/arena';
import type { Case } from '../../conformance/cases';
import { jacobians, kernels, matrixOf, specials, subgroupsOf } from '../../conformance/matrix';
import { Random } from '../../conformance/random';
import { runCasesIn } from '../../conformance/run-cases';
import type { Engine } from '../../src';

/** What became of them. */
export interface Checks {
  /** Cases that there are, and that were run. */
  readonly all: number;
  readonly cases: number;
  readonly elements: number;
  /** The largest error as a share of its bound. */
  readonly maxShare: number;
  readonly failed: number;
  /** The first failures, in words. */
  readonly reports: readonly string[];
}

/** Cases of a submission. */
const BATCH = 16;
const REPORTS = 8;

/** Every operation and option, in every regime and in the planner's choice, contiguous and strided; special values. */
function everyCase(subgroups: number): Case[] {
  const cases = kernels.flatMap((kernel) => {
    const forced = [false, true].flatMap((strided) => matrixOf(kernel, strided, subgroups));
    const planned = forced.flatMap(({ regime, ...c }): Case[] =>
      regime === 'split-per-invocation' ? [c] : [],
    );
    return [...forced, ...planned, ...specials(kernel, subgroups)];
  });
  return [...cases, ...jacobians()];
}

/**
 * Runs cases in an order that the seed draws, until all are done or the time is over.
 *
 * @param deadline by `Date.now()`.
 * @param onProgress told how many are done.
 */
export async function runChecks(
  engine: Engine,
  seed: number,
  deadline: number,
  onProgress: (done: number, total: number) => void,
): Promise<Checks> {
  const random = new Random(seed);
  const all = everyCase(subgroupsOf(engine.device))
    .map((c) => ({ c, place: random.uniform() }))
    .sort((a, b) => a.place - b.place)
    .map(({ c }) => c);
  const arena = new Arena(engine);
  let [cases, elements, maxShare, failed] = [0, 0, 0, 0];
  const reports: string[] = [];
  try {
    while (cases < all.length && Date.now() < deadline) {
      for (const result of await runCasesIn(arena, all.slice(cases, cases + BATCH))) {
        elements += result.count;
        maxShare = Math.max(maxShare, result.maxShare);
        if (result.ok) continue;
        failed += 1;
        if (reports.length < REPORTS) reports.push(result.report);
      }
      cases = Math.min(cases + BATCH, all.length);
      onProgress(cases, all.length);
    }
  } finally {
    arena.destroy();
  }
  return { all: all.length, cases, elements, maxShare, failed, reports };
}
