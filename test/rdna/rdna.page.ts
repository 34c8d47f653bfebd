import type { Arena } from '../../conformance/arena';
import { type Case, describeCase } from '../../conformance/cases';
import { sharedArena, sharedEngine } from '../../conformance/engine';
import { type CaseResult, runCasesIn } from '../../conformance/run-cases';
import { casesOf, optionsFor } from './cases';

export interface Outcome {
  readonly cases: number;
  readonly elements: number;
  readonly maxShare: number;
  readonly reports: readonly string[];
}

/** Cases that are read back together. */
const BATCH = 32;

/** What the device says of itself, and what is planned for. */
export async function describeDevice() {
  const { device, isSoftware } = await sharedEngine();
  const has = (name: GPUFeatureName) => device.features.has(name);
  return {
    description: device.adapterInfo.description,
    isSoftware,
    subgroups: has('subgroups'),
    f16: has('shader-f16'),
  };
}

/** The cases of a list, or a seeded share of them. */
export async function runList(name: string, share: number, seed: number): Promise<Outcome> {
  const cases = casesOf(name, share, seed);
  const arena = await sharedArena(optionsFor(name));
  const results: CaseResult[] = [];
  for (let first = 0; first < cases.length; first += BATCH) {
    results.push(...(await runBatch(arena, cases.slice(first, first + BATCH))));
  }
  return {
    cases: results.length,
    elements: results.reduce((sum, { count }) => sum + count, 0),
    maxShare: Math.max(0, ...results.map(({ maxShare }) => maxShare)),
    reports: results.flatMap(({ ok, report }) => (ok ? [] : [report])).slice(0, 4),
  };
}

/** What the machine code does wrong fails the read-back: then each case is run again alone. */
async function runBatch(arena: Arena, cases: readonly Case[]): Promise<CaseResult[]> {
  try {
    return await runCasesIn(arena, cases);
  } catch (error) {
    const [only] = cases;
    if (cases.length === 1) return [failed(only!, error as Error)];
    const alone = [];
    for (const one of cases) alone.push(...(await runBatch(arena, [one])));
    return alone;
  }
}

const failed = (c: Case, { message }: Error): CaseResult => ({
  case: c,
  ok: false,
  count: 0,
  maxUlp: 0,
  maxShare: 0,
  shares: {},
  report: `${describeCase(c)}: ${message}`,
});
