/** Runs cases on the GPU, many to a read-back, and holds each result to the reference. */

import { fromHalves, toHalves } from '../src/gpu/half';
import { bytesOf, bytesPer, tensorUsage as usage } from '../src/gpu/region';
import type { DType, Engine, GpuTensor } from '../src/index';
import * as library from '../src/index';
import type { Reference } from '../src/reference';
import {
  type Case,
  describeCase,
  halfInputs,
  type Inputs,
  makeInputs,
  makeReferences,
  replacedBy,
  resultDType,
  runOp,
} from './cases';
import { type Comparison, compare, describeFailure } from './compare';
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

/** Words around every output that must stay as they were, to the half. */
const GUARD = 64;
const GUARD_WORD = 0xabcdef01;

interface Running {
  readonly case: Case;
  readonly references: Record<string, Reference>;
  readonly outputs: Record<string, GuardedOutput>;
  readonly tensors: readonly GpuTensor[];
  readonly buffers: readonly GPUBuffer[];
  readonly error?: string;
}

export interface GuardedOutput {
  /** The whole buffer as u32, guard zones too. */
  readonly whole: GpuTensor<'u32'>;
  readonly byteOffset: number;
  readonly count: number;
  readonly dtype: 'f32' | 'f16' | 'i32';
  /** Words that lie around it, over and over. */
  readonly around: readonly number[];
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
    pending = Promise.all(running.map(check)).then((checked) => {
      for (const result of checked) {
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
    batch.push(start(engine, c, made.inputs, made.references, run));
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
  engine: Engine,
  c: Case,
  inputs: Inputs,
  references: Record<string, Reference>,
  run: RunCase,
): Running {
  const { tensors, outs, outputs, buffers } = layOut(engine, c, inputs, references);
  const all = [...Object.values(tensors), ...Object.values(outs)];
  try {
    run(c, tensors, outs);
    return { case: c, references, outputs, tensors: all, buffers };
  } catch (error) {
    const text = `${describeCase(c)}: ${(error as Error).message}`;
    return { case: c, references, outputs: {}, tensors: all, buffers, error: text };
  }
}

/**
 * Puts the inputs of a case into buffers of their own, and makes room for its results, with guard
 * zones on both sides.
 *
 * @param around words that lie around an input of a dtype, over and over; default: the guard word.
 */
export function layOut(
  engine: Engine,
  c: Case,
  inputs: Inputs,
  results: Record<string, Pick<Reference, 'shape' | 'data'>>,
  around: (dtype: DType) => readonly number[] = () => [GUARD_WORD],
) {
  /** An offset in the middle of a word is for halves; others start at the next one. */
  const startOf = (dtype: DType) => {
    const offset = c.byteOffset ?? 0;
    return 4 * GUARD + bytesPer(dtype) * Math.ceil(offset / bytesPer(dtype));
  };
  const buffers: GPUBuffer[] = [];
  const place = (byteOffset: number, count: number, pattern: readonly number[]) => {
    const size = bytesOf(byteOffset / 4 + count + 4 + GUARD, 'f32');
    const buffer = engine.device.createBuffer({ size, usage, mappedAtCreation: true });
    buffers.push(buffer);
    const words = new Uint32Array(buffer.getMappedRange());
    // A fill is many times faster than a loop.
    if (pattern.length === 1) words.fill(pattern[0]!);
    else for (let i = 0; i < words.length; i++) words[i] = pattern[i % pattern.length]!;
    return { buffer, bytes: words.buffer };
  };
  const tensors: Record<string, GpuTensor> = {};
  const halves = halfInputs(c, inputs);
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const dtype = halves.includes(name) ? 'f16' : dtypeOf(data);
    const byteOffset = startOf(dtype);
    const { buffer, bytes } = place(byteOffset, data.length, around(dtype));
    if (dtype === 'f16') {
      new Uint16Array(bytes, byteOffset).set(toHalves(data).subarray(0, data.length));
    } else {
      const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
      new Uint32Array(bytes, byteOffset).set(words);
    }
    buffer.unmap();
    tensors[name] = engine.wrap(buffer, shape, { dtype, byteOffset });
  }
  const outs: Record<string, GpuTensor> = {};
  const outputs: Record<string, GuardedOutput> = {};
  for (const [name, { shape, data }] of Object.entries(results)) {
    const dtype = resultDType(c, name);
    const replaced = tensors[replacedBy(c, inputs, name) ?? ''];
    let buffer = replaced?.buffer;
    if (replaced) outs[name] = replaced;
    else {
      const byteOffset = startOf(dtype);
      buffer = place(byteOffset, data.length, [GUARD_WORD]).buffer;
      buffer.unmap();
      outs[name] = engine.wrap(buffer, shape, { dtype, byteOffset });
    }
    outputs[name] = {
      whole: engine.wrap(buffer!, [buffer!.size / 4], { dtype: 'u32' }),
      byteOffset: outs[name].byteOffset,
      count: data.length,
      dtype,
      around: replaced ? around(replaced.dtype) : [GUARD_WORD],
    };
  }
  return { tensors, outs, outputs, buffers };
}

const dtypeOf = (data: unknown): DType =>
  data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';

async function check(running: Running): Promise<CaseResult> {
  const { case: c, references, outputs } = running;
  const reports: string[] = running.error ? [running.error] : [];
  let [count, maxUlp, maxShare] = [0, 0, 0];
  const shares: CaseResult['shares'] = {};
  const read = Object.entries(outputs).map(async ([name, output]) => {
    const failed = await running.tensors.find((t) => t.buffer === output.whole.buffer)?.fault;
    if (failed) throw failed;
    return [name, output, await output.whole.read()] as const;
  });
  try {
    for (const [name, output, words] of await Promise.all(read)) {
      const expected = references[name]!;
      const actual = elementsOf(words, output);
      const comparison = compare(actual, expected);
      count += comparison.count;
      shares[name] = comparison.shares;
      // ULPs are f32's, and say nothing of a half or an index.
      if (output.dtype === 'f32') maxUlp = Math.max(maxUlp, comparison.maxUlp);
      maxShare = Math.max(maxShare, comparison.maxShare);
      if (!comparison.ok) reports.push(describe(c, name, actual, expected, comparison));
      const touched = firstTouched(words, output);
      if (touched !== undefined) {
        const at = `byte ${touched - output.byteOffset} of ${output.count} ${output.dtype}`;
        reports.push(`${describeCase(c)}: ${name} was written out of bounds, at ${at}`);
      }
    }
  } catch (error) {
    reports.push(`${describeCase(c)}: ${(error as Error).message}`);
  }
  for (const buffer of running.buffers) buffer.destroy();
  const report = reports.join('\n');
  return { case: c, ok: reports.length === 0, count, maxUlp, maxShare, shares, report };
}

/** The elements of a result in the words that its buffer holds. */
export function elementsOf({ buffer }: Uint32Array, output: GuardedOutput): Float32Array {
  const { byteOffset, count, dtype } = output;
  if (dtype === 'f16') return fromHalves(new Uint16Array(buffer, byteOffset, count));
  if (dtype === 'i32') return Float32Array.from(new Int32Array(buffer, byteOffset, count));
  return new Float32Array(buffer, byteOffset, count);
}

/** Where the first half around a result is that is not as it was. */
export function firstTouched({ buffer }: Uint32Array, output: GuardedOutput): number | undefined {
  const { byteOffset, count, dtype, around } = output;
  const [first, end] = [byteOffset / 2, (byteOffset + bytesPer(dtype) * count) / 2];
  const halves = new Uint16Array(buffer);
  for (let i = 0; i < halves.length; i = i === first - 1 ? end : i + 1) {
    const word = around[Math.floor(i / 2) % around.length]!;
    if (halves[i] !== (i % 2 === 0 ? word & 0xffff : word >>> 16)) return 2 * i;
  }
  return undefined;
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
