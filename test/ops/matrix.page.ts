import { createSoftmax, type RegimeName, type Softmax } from '../../src/index';
import type { Case, TestOp } from '../harness/cases';
import { jacobians, kernels, manyRows, matrixOf, specials } from '../harness/matrix';
import { pairs } from '../harness/pairs';
import { type CaseResult, runCases } from '../harness/run-cases';

/**
 * Cases an operation: the last few pairs are not worth a case each, and cross-entropy's, each with a
 * shader of its own, take a software adapter a fifth of a second to compile.
 */
const mostPairs = (op: TestOp) => (op.startsWith('crossEntropy') ? 48 : 100);

let engine: Promise<Softmax> | undefined;

/** What a list of cases came to; failed ones in words. */
export interface Summary {
  cases: number;
  elements: number;
  failed: number;
  maxUlp: number;
  maxShare: number;
  worst: string;
  reports: string[];
}

async function summarize(cases: readonly Case[]): Promise<Summary> {
  engine ??= createSoftmax();
  const results = await runCases(await engine, cases);
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
    reports: failed.slice(0, 4).map((r) => r.report),
  };
}

/** One kernel of the matrix on contiguous or strided rows. */
export async function runMatrix(kernel: number, strided: boolean): Promise<Summary> {
  engine ??= createSoftmax();
  const { device } = await engine;
  return summarize(matrixOf(kernels[kernel]!, strided, device.features.has('subgroups')));
}

/** Special values in one kernel. */
export async function runSpecials(kernel: number): Promise<Summary> {
  engine ??= createSoftmax();
  const { device } = await engine;
  return summarize(specials(kernels[kernel]!, device.features.has('subgroups')));
}

export const runJacobians = (): Promise<Summary> => summarize(jacobians());

/** The all-pairs cases of an operation. */
export async function runPairs(op: TestOp): Promise<Summary> {
  engine ??= createSoftmax();
  const { device } = await engine;
  return summarize(pairs(op, 1, mostPairs(op), device.features.has('subgroups')));
}

/** Many rows: of a small K once an operation and regime. */
export async function runManyRows(kernel: number, full: boolean): Promise<Summary> {
  engine ??= createSoftmax();
  const { device } = await engine;
  const withBarriers: RegimeName[] = kernel === 0 ? ['row-per-workgroup'] : [];
  const all: RegimeName[] = ['row-per-workgroup', 'split-per-workgroup'];
  const subgroups = device.features.has('subgroups');
  return summarize(manyRows(kernels[kernel]!, subgroups, full ? all : withBarriers));
}

export const runList = (cases: readonly Case[]): Promise<Summary> => summarize(cases);
