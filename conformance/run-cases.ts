/** Runs cases on the GPU, many to a read-back, and holds each result to the reference. */

import type { Engine, GpuTensor } from '../src/index';
import * as library from '../src/index';
import type { Reference } from '../src/reference';
import { Arena } from './arena';
import { type Case, describeCase, type Inputs, makeInputs, makeReferences, runOp } from './cases';
import { type Comparison, compare, describeFailure } from './compare';
import {
  elementsOf,
  firstTouched,
  type GuardedOutput,
  layOut,
  type ReadOutput,
  readBack,
} from './lay-out';
import { isRowOp, type Layout, operations } from './operations';

/** Makes the call of a case. */
export type RunCase = (
  c: Case,
  tensors: Record<string, GpuTensor>,
  outs: Record<string, GpuTensor>,
) => void;

export interface CaseResult {
  readonly case: Case;
  readonly ok: boolean;
  /** Elements compared. */
  readonly count: number;
  readonly maxUlp: number;
  readonly maxShare: number;
  /** The largest shares by result and by what the bound is mostly made of. */
  readonly shares: Record<string, Comparison['shares']>;
  /** What failed, in words; empty where nothing did. */
  readonly report: string;
}

/** Elements of all inputs and outputs that wait for one read-back. */
const BATCH_ELEMENTS = 2 ** 24;
const BATCH_CASES = 128;

interface Running {
  readonly case: Case;
  readonly references: Record<string, Reference>;
  readonly outputs: Record<string, GuardedOutput>;
  readonly buffers: readonly GPUBuffer[];
  readonly error?: string;
}

/**
 * Runs the cases in order. Inputs and references are made once for neighbouring cases that differ
 * only in their regime, place or offset.
 *
 * @param onResult called as results come in, for progress.
 * @param run makes the call of a case; default: as the case says.
 */
export async function runCases(
  engine: Engine,
  cases: readonly Case[],
  onResult: (result: CaseResult, done: number) => void = () => {},
  run: RunCase = (c, tensors, outs) => runOp(library, c, tensors, outs),
): Promise<CaseResult[]> {
  const arena = new Arena(engine);
  try {
    return await runCasesIn(arena, cases, onResult, run);
  } finally {
    arena.destroy();
  }
}

/** The same in memory that more runs share. */
export async function runCasesIn(
  arena: Arena,
  cases: readonly Case[],
  onResult: (result: CaseResult, done: number) => void = () => {},
  run: RunCase = (c, tensors, outs) => runOp(library, c, tensors, outs),
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  let batch: Running[] = [];
  let elements = 0;
  let made: { key: string; inputs: Inputs; references: Record<string, Reference> } | undefined;
  // A batch is compared, and the next one's references worked out, while the GPU is at work.
  let pending = Promise.resolve();
  const flush = async () => {
    const running = batch;
    batch = [];
    elements = 0;
    await pending;
    const checked = readBack(arena, running, (results) =>
      running.map((one, i) => check(one, results[i]!)),
    );
    pending = checked.then((all) => {
      for (const result of all) {
        results.push(result);
        onResult(result, results.length);
      }
    });
    // Heard below, at the latest.
    pending.catch(() => {});
  };
  for (const c of cases) {
    const { regime: _, byteOffset: __, inPlace: ___, ...rest } = c;
    const key = JSON.stringify(rest);
    if (made?.key !== key) {
      const inputs = makeInputs(c);
      made = { key, inputs, references: makeReferences(c, inputs) };
    }
    batch.push(start(arena, c, made.inputs, made.references, run));
    for (const { data } of [...Object.values(made.inputs), ...Object.values(made.references)]) {
      elements += data.length;
    }
    if (elements > BATCH_ELEMENTS || batch.length >= BATCH_CASES) await flush();
  }
  await flush();
  await pending;
  return results;
}

function start(
  arena: Arena,
  c: Case,
  inputs: Inputs,
  references: Record<string, Reference>,
  run: RunCase,
): Running {
  const { tensors, outs, outputs, buffers } = layOut(arena, c, inputs, references);
  try {
    run(c, tensors, outs);
    return { case: c, references, outputs, buffers };
  } catch (error) {
    const text = `${describeCase(c)}: ${(error as Error).message}`;
    return { case: c, references, outputs: {}, buffers, error: text };
  }
}

function check(
  { case: c, references, error }: Running,
  results: readonly ReadOutput[],
): CaseResult {
  const reports: string[] = error ? [error] : [];
  let [count, maxUlp, maxShare] = [0, 0, 0];
  const shares: CaseResult['shares'] = {};
  for (const { name, output, words, fault } of results) {
    if (fault) {
      reports.push(`${describeCase(c)}: ${fault.message}`);
      continue;
    }
    const expected = references[name]!;
    const actual = elementsOf(words, output);
    const comparison = compare(actual, expected);
    count += comparison.count;
    shares[name] = comparison.shares;
    // ULPs are f32's, and say nothing of a half or an index.
    const { dtype, byteOffset } = output.tensor;
    if (dtype === 'f32') maxUlp = Math.max(maxUlp, comparison.maxUlp);
    maxShare = Math.max(maxShare, comparison.maxShare);
    if (!comparison.ok) reports.push(describe(c, name, actual, expected, comparison));
    const touched = firstTouched(words, output);
    if (touched !== undefined) {
      const at = `byte ${touched - byteOffset} of ${output.tensor.count} ${dtype}`;
      reports.push(`${describeCase(c)}: ${name} was written out of bounds, at ${at}`);
    }
  }
  const report = reports.join('\n');
  return { case: c, ok: reports.length === 0, count, maxUlp, maxShare, shares, report };
}

function describe(
  c: Case,
  name: string,
  actual: Float32Array,
  expected: Reference,
  comparison: ReturnType<typeof compare>,
): string {
  const layouts: Record<string, Layout> = isRowOp(c.op) ? operations[c.op].gives : {};
  const perRow = layouts[name] !== 'tensor' && layouts[name] !== 'square';
  const rank = c.shape.length;
  const axis = c.axis ?? -1;
  return describeFailure(
    {
      variant: c.regime ?? "the planner's choice",
      label: `${describeCase(c)}: ${name}`,
      shape: c.shape,
      seed: c.seed,
      rerun: `CASE='${JSON.stringify(c)}' npm test -- test/ops/matrix.test.ts`,
      debug: `npm run debug -- '${JSON.stringify(c)}'`,
      classAxis: perRow ? undefined : axis < 0 ? axis + rank : axis,
    },
    actual,
    expected,
    comparison,
  );
}
