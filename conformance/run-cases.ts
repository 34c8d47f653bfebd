/** Runs cases on the GPU, many to a read-back, and holds each result to the reference. */

import { fromHalves, toHalves } from '../src/gpu/half';
import { bytesOf, bytesPer, wordsOf } from '../src/gpu/region';
import type { DType, Engine, GpuTensor } from '../src/index';
import * as library from '../src/index';
import type { Reference } from '../src/reference';
import { Arena, type Extent } from './arena';
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
  readonly buffers: readonly GPUBuffer[];
  readonly error?: string;
}

/** A result in its buffer, with guard zones on both sides. */
export interface GuardedOutput extends Extent {
  readonly tensor: GpuTensor;
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
    pending = checkAll(arena, running).then((checked) => {
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

/**
 * Puts the inputs of a case into buffers of their own, and makes room for its results, with guard
 * zones on both sides.
 *
 * @param around words that lie around an input of a dtype, over and over; default: the guard word.
 */
export function layOut(
  arena: Arena,
  c: Case,
  inputs: Inputs,
  results: Record<string, Pick<Reference, 'shape' | 'data'>>,
  around: (dtype: DType) => readonly number[] = () => [GUARD_WORD],
) {
  const { engine } = arena;
  const { device } = engine;
  /** An offset in the middle of a word is for halves; others start at the next one. */
  const startOf = (dtype: DType) => {
    const offset = c.byteOffset ?? 0;
    return 4 * GUARD + bytesPer(dtype) * Math.ceil(offset / bytesPer(dtype));
  };
  const encoder = device.createCommandEncoder();
  const extents: Extent[] = [];
  const place = (byteOffset: number, count: number): Extent => {
    const size = bytesOf(byteOffset / 4 + count + 4 + GUARD, 'f32');
    const extent = { buffer: arena.take(size), size };
    extents.push(extent);
    return extent;
  };
  const tensors: Record<string, GpuTensor> = {};
  const sizes = new Map<GPUBuffer, number>();
  const writes: (() => void)[] = [];
  const halves = halfInputs(c, inputs);
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const dtype = halves.includes(name) ? 'f16' : dtypeOf(data);
    const byteOffset = startOf(dtype);
    const { buffer, size } = place(byteOffset, data.length);
    sizes.set(buffer, size);
    const tensor = engine.wrap(buffer, shape, { dtype, byteOffset });
    tensors[name] = tensor;
    const pattern = around(dtype);
    const words = wordsOf(tensor);
    const end = words.offset + words.size;
    arena.fill(encoder, { buffer, size: words.offset }, pattern);
    arena.fill(encoder, { buffer, size }, pattern, end);
    writes.push(() => {
      const filled = dtype === 'f16' ? withHalves(tensor, data, pattern) : data;
      device.queue.writeBuffer(buffer, words.offset, filled as Uint32Array<ArrayBuffer>);
    });
  }
  const outs: Record<string, GpuTensor> = {};
  const outputs: Record<string, GuardedOutput> = {};
  for (const [name, { shape, data }] of Object.entries(results)) {
    const dtype = resultDType(c, name);
    const replaced = tensors[replacedBy(c, inputs, name) ?? ''];
    let extent: Extent;
    if (replaced) {
      outs[name] = replaced;
      extent = { buffer: replaced.buffer, size: sizes.get(replaced.buffer)! };
    } else {
      const byteOffset = startOf(dtype);
      extent = place(byteOffset, data.length);
      arena.fill(encoder, extent, [GUARD_WORD]);
      outs[name] = engine.wrap(extent.buffer, shape, { dtype, byteOffset });
    }
    const words = replaced ? around(replaced.dtype) : [GUARD_WORD];
    outputs[name] = { ...extent, tensor: outs[name], around: words };
  }
  device.queue.submit([encoder.finish()]);
  for (const write of writes) write();
  return { tensors, outs, outputs, buffers: extents.map(({ buffer }) => buffer) };
}

/** The words that a tensor of halves lies in, with what is around it in the first and the last. */
function withHalves(
  tensor: GpuTensor,
  data: Inputs[string]['data'],
  around: readonly number[],
): Uint32Array {
  const { offset, size } = wordsOf(tensor);
  if (size === 0) return new Uint32Array();
  const first = offset / 4;
  const words = Uint32Array.from(
    { length: size / 4 },
    (_, i) => around[(first + i) % around.length]!,
  );
  const at = (tensor.byteOffset - offset) / 2;
  new Uint16Array(words.buffer).set(toHalves(data).subarray(0, data.length), at);
  return words;
}

const dtypeOf = (data: unknown): DType =>
  data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';

/** Reads the results of cases back, holds them to the reference, and gives their buffers back. */
async function checkAll(arena: Arena, running: readonly Running[]): Promise<CaseResult[]> {
  const all = running.flatMap(({ outputs }) => Object.values(outputs));
  const faults = await Promise.all(all.map(({ tensor }) => tensor.fault));
  const results = await arena.read(all, (words) => {
    const found = new Map(all.map((output, i) => [output, { words: words[i]!, fault: faults[i] }]));
    return running.map((one) => check(one, (output) => found.get(output)!));
  });
  for (const { buffers } of running) arena.release(buffers);
  return results;
}

function check(
  { case: c, references, outputs, error }: Running,
  find: (output: GuardedOutput) => { words: Uint32Array; fault: Error | null | undefined },
): CaseResult {
  const reports: string[] = error ? [error] : [];
  let [count, maxUlp, maxShare] = [0, 0, 0];
  const shares: CaseResult['shares'] = {};
  for (const [name, output] of Object.entries(outputs)) {
    const { words, fault } = find(output);
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

/** The elements of a result in the words that its buffer holds, which they may share. */
export function elementsOf(words: Uint32Array, { tensor }: GuardedOutput): Float32Array {
  const { byteOffset, count, dtype } = tensor;
  const { buffer } = words;
  const start = words.byteOffset + byteOffset;
  if (dtype === 'f16') return fromHalves(new Uint16Array(buffer, start, count));
  if (dtype === 'i32') return Float32Array.from(new Int32Array(buffer, start, count));
  return new Float32Array(buffer, start, count);
}

/** Where the first half around a result is that is not as it was. */
export function firstTouched(
  words: Uint32Array,
  { tensor, around }: GuardedOutput,
): number | undefined {
  const { byteOffset, count, dtype } = tensor;
  const [first, end] = [byteOffset / 2, (byteOffset + bytesPer(dtype) * count) / 2];
  const halves = new Uint16Array(words.buffer, words.byteOffset, 2 * words.length);
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
