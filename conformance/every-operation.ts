import type { Engine } from '../src/index';
import type { Case } from './cases';
import { runCases } from './run-cases';

/** A small case of every operation. */
export const everyOperation: readonly Case[] = (
  [
    { op: 'softmax', shape: [3, 8] },
    { op: 'logSoftmax', shape: [3, 8] },
    { op: 'logSumExp', shape: [3, 8] },
    { op: 'softmaxVjp', shape: [3, 8] },
    { op: 'softmaxJvp', shape: [3, 8] },
    { op: 'logSoftmaxVjp', shape: [3, 8] },
    { op: 'logSoftmaxJvp', shape: [3, 8] },
    { op: 'logSumExpVjp', shape: [3, 8] },
    { op: 'softmaxJacobian', shape: [3, 8] },
    { op: 'crossEntropy', shape: [3, 8] },
    { op: 'crossEntropyGrad', shape: [3, 8] },
    { op: 'crossEntropyWithGrad', shape: [3, 8] },
    { op: 'argmax', shape: [3, 8] },
    { op: 'topK', shape: [3, 8], values: 'probabilities' },
    { op: 'sample', shape: [3, 8] },
    { op: 'linearCrossEntropy', shape: [3, 8] },
    { op: 'sgdStep', shape: [3, 8] },
  ] as const
).map((c, seed) => ({ ...c, seed }));

/** Whether an engine gives the right answers, in words. */
export async function isRight(engine: Engine, cases: readonly Case[]): Promise<string> {
  const results = await runCases(engine, cases);
  const failed = results.filter(({ ok }) => !ok);
  return failed.length > 0
    ? failed.map(({ report }) => report).join('\n')
    : `${cases.length} right`;
}
