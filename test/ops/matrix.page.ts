import type { Case } from '../harness/cases';
import { sharedEngine } from '../harness/engine';
import { jacobians, kernels, manyRows, matrixOf, specials } from '../harness/matrix';
import { families, pairs } from '../harness/pairs';
import { type CaseResult, runCases } from '../harness/run-cases';

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

function groupsOf(results: readonly CaseResult[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { case: c, maxUlp, maxShare } of results) {
    const regime = c.regime ?? 'planned';
    const upTo = LENGTHS.find((length) => c.shape.at(c.axis ?? -1)! <= length)!;
    const group = groups.get(`${regime} ${upTo}`) ?? { regime, upTo, maxUlp: 0, maxShare: 0 };
    group.maxUlp = Math.max(group.maxUlp, Math.min(maxUlp, Number.MAX_VALUE));
    group.maxShare = Math.max(group.maxShare, Math.min(maxShare, Number.MAX_VALUE));
    groups.set(`${regime} ${upTo}`, group);
  }
  return [...groups.values()];
}

async function summarize(cases: readonly Case[]): Promise<Summary> {
  const results = await runCases(await sharedEngine(), cases);
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
    byOp: byOperation(results),
    reports: failed.slice(0, 4).map((r) => r.report),
    groups: groupsOf(results),
  };
}

function byOperation(results: readonly CaseResult[]): Summary['byOp'] {
  const byOp: Summary['byOp'] = {};
  for (const { case: c, maxUlp, maxShare } of results) {
    byOp[c.op] ??= { cases: 0, maxUlp: 0, maxShare: 0 };
    const one = byOp[c.op]!;
    one.cases++;
    one.maxUlp = Math.min(Number.MAX_VALUE, Math.max(one.maxUlp, maxUlp));
    one.maxShare = Math.min(Number.MAX_VALUE, Math.max(one.maxShare, maxShare));
  }
  return byOp;
}

/** One kernel of the matrix on contiguous or strided rows. */
export async function runMatrix(kernel: number, strided: boolean): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(matrixOf(kernels[kernel]!, strided, device.features.has('subgroups')));
}

/** Special values in one kernel. */
export const runSpecials = (kernel: number): Promise<Summary> => runSpecialsOf(kernels[kernel]!);

/** The same in a kernel that is not in the matrix. */
export async function runSpecialsOf(
  kernel: Omit<Case, 'shape' | 'seed'>,
  lengths?: readonly number[],
): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(specials(kernel, device.features.has('subgroups'), lengths));
}

export const runJacobians = (): Promise<Summary> => summarize(jacobians());

/** The all-pairs cases of a family of operations. */
export async function runPairs(
  family: number,
): Promise<Summary & { pairs: number; impossible: number }> {
  const { device } = await sharedEngine();
  const { cases, count, impossible } = pairs(
    families[family]!,
    1,
    device.features.has('subgroups'),
  );
  return { ...(await summarize(cases)), pairs: count, impossible };
}

/** Many rows: of a small K once an operation and regime. */
export async function runManyRows(kernel: number): Promise<Summary> {
  const { device } = await sharedEngine();
  return summarize(manyRows(kernels[kernel]!, device.features.has('subgroups')));
}

export const runList = (cases: readonly Case[]): Promise<Summary> => summarize(cases);
