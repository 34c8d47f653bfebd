import type { Engine } from '../src/index';
import { type Case, testOps } from './cases';
import { runCases } from './run-cases';

/** A small case of every operation. */
export const everyOperation: readonly Case[] = testOps.map((op, seed) => ({
  op,
  shape: [3, 8],
  seed,
  ...(op === 'topK' && { values: 'probabilities' }),
}));

/** Whether an engine gives the right answers, in words. */
export async function isRight(engine: Engine, cases: readonly Case[]): Promise<string> {
  const results = await runCases(engine, cases);
  const failed = results.filter(({ ok }) => !ok);
  return failed.length > 0
    ? failed.map(({ report }) => report).join('\n')
    : `${cases.length} right`;
}
