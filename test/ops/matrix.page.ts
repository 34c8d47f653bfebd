import type { Pairs } from '../../conformance/all-pairs';
import type { Case } from '../../conformance/cases';
import { sharedArena, sharedEngine } from '../../conformance/engine';
import {
  jacobians,
  kernels,
  manyRows,
  matrixOf,
  specials,
  subgroupsOf,
} from '../../conformance/matrix';
import { families, pairs } from '../../conformance/pairs';
import { partOf } from '../../conformance/random';
import { type CaseResult, runCasesIn } from '../../conformance/run-cases';
import { selectionPairs } from '../../conformance/selection-pairs';

/** What a list of cases came to; failed ones in words. */
export interface Summary {
  cases: number;
  elements: number;
  failed: number;
  maxUlp: number;
  maxShare: number;
  worst: string;
  /** By operation. */
  byOp: Record<string, { cases: number; maxUlp: number; maxShare: number }>;
  reports: string[];
  /** The same by regime and row length. */
  groups: Group[];
}

/** The largest errors of a regime at rows up to a length, and over that of the group before. */
export interface Group {
  regime: string;
  upTo: number;
  maxUlp: number;
  maxShare: number;
}

/** Lengths that errors are grouped by. */
const LENGTHS = [32, 1024, 16_384, 2 ** 20];

const most = (a: number, b: number) => Math.min(Math.max(a, b), Number.MAX_VALUE);

/** How many cases there are of each kind, and their largest errors. */
function largestBy(results: readonly CaseResult[], kindOf: (c: Case) => string): Summary['byOp'] {
  const kinds: Summary['byOp'] = {};
  for (const { case: c, maxUlp, maxShare } of results) {
    const before = kinds[kindOf(c)] ?? { cases: 0, maxUlp: 0, maxShare: 0 };
    kinds[kindOf(c)] = {
      cases: before.cases + 1,
      maxUlp: most(before.maxUlp, maxUlp),
      maxShare: most(before.maxShare, maxShare),
    };
  }
  return kinds;
}

function groupsOf(results: readonly CaseResult[]): Group[] {
  const kinds = largestBy(results, ({ regime = 'planned', shape, axis = -1 }) => {
    const upTo = LENGTHS.find((length) => shape.at(axis)! <= length);
    return `${regime} ${upTo}`;
  });
  return Object.entries(kinds).map(([kind, { maxUlp, maxShare }]) => {
    const [regime, upTo] = kind.split(' ') as [string, string];
    return { regime, upTo: Number(upTo), maxUlp, maxShare };
  });
}

async function summarize(cases: readonly Case[]): Promise<Summary> {
  const results = await runCasesIn(await sharedArena(), cases);
  const failed = results.filter((r) => !r.ok);
  const worst = results.reduce<CaseResult | undefined>(
    (a, b) => (a && a.maxShare >= b.maxShare ? a : b),
    undefined,
  );
  return {
    cases: results.length,
    elements: results.reduce((n, r) => n + r.count, 0),
    failed: failed.length,
    maxUlp: Math.min(Number.MAX_VALUE, Math.max(0, ...results.map((r) => r.maxUlp))),
    maxShare: Math.min(Number.MAX_VALUE, worst?.maxShare ?? 0),
    worst: JSON.stringify(worst?.case ?? {}),
    byOp: largestBy(results, ({ op }) => op),
    reports: failed.slice(0, 4).map((r) => r.report),
    groups: groupsOf(results),
  };
}

/** The part of a list that a run takes: a share of it, drawn by a seed. */
type Part = readonly [share: number, seed: number];

/** One kernel of the matrix on contiguous or strided rows. */
export async function runMatrix(kernel: number, strided: boolean, part: Part): Promise<Summary> {
  const { device } = await sharedEngine();
  const cases = matrixOf(kernels[kernel]!, strided, subgroupsOf(device));
  return summarize(partOf(cases, ...part));
}

/** Special values in one kernel. */
export async function runSpecials(kernel: number, part: Part): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(partOf(specials(kernels[kernel]!, subgroupsOf(device)), ...part));
}

/** The same in a kernel that is not in the matrix. */
export async function runSpecialsOf(
  kernel: Omit<Case, 'shape' | 'seed'>,
  lengths?: readonly number[],
): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(specials(kernel, subgroupsOf(device), lengths));
}

export const runJacobians = (): Promise<Summary> => summarize(jacobians());

type PairsSummary = Summary & Omit<Pairs, 'cases' | 'count'> & { pairs: number };

const summarizePairs = async ({ cases, count, impossible }: Pairs): Promise<PairsSummary> => ({
  ...(await summarize(cases)),
  pairs: count,
  impossible,
});

/** The all-pairs cases of a family of operations. */
export async function runPairs(family: number): Promise<PairsSummary> {
  const { device } = await sharedEngine();
  return summarizePairs(pairs(families[family]!, 1, subgroupsOf(device)));
}

/** Those of the operations that select. */
export const runSelectionPairs = (): Promise<PairsSummary> => summarizePairs(selectionPairs(1));

/** Many rows: of a small K once an operation and regime. */
export async function runManyRows(kernel: number, part: Part): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(partOf(manyRows(kernels[kernel]!, subgroupsOf(device)), ...part));
}

export const runList = (cases: readonly Case[]): Promise<Summary> => summarize(cases);
