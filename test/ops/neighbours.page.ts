/**
 * Rows between poisoned neighbours: every other row, and what lies before and after the tensors in
 * their buffers, is replaced by values that change any result they get into. The rows that are left
 * keep their bits.
 */

import type { Arena } from '../../conformance/arena';
import {
  type Case,
  describeCase,
  type Inputs,
  makeInputs,
  makeReferences,
  type References,
  runOp,
} from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { sharedArena, sharedEngine } from '../../conformance/engine';
import {
  elementsOf,
  firstTouched,
  layOut,
  type ReadOutput,
  readBack,
} from '../../conformance/lay-out';
import { kernels, subgroupsOf, takes } from '../../conformance/matrix';
import type { AdapterClass } from '../../src/gpu/adapter';
import type { DType, RegimeName } from '../../src/index';
import * as library from '../../src/index';
import { selectRegimes } from '../../src/select/tiers';
import { bits } from './calls';

/** A larger maximum, what no sum recovers from, what is no number, and a lower minimum. */
const poisons = [0x7f7fffff, 0x7f800000, 0x7fc00000, 0xff7fffff];
const poison = new Float32Array(Uint32Array.from(poisons).buffer);
/** The same as halves, two to a word. */
const halfPoisons = [0x7c007bff, 0xfbff7e00];
const LARGEST_HALF = 65_504;

/** What lies around a tensor: all poisons in turn; of a boolean mask, both its values. */
const around = (dtype: DType): readonly number[] =>
  dtype === 'f16' ? halfPoisons : dtype === 'u32' ? [0, 1] : poisons;

export interface Outcome {
  /** Calls between neighbours of both kinds. */
  readonly calls: number;
  /** Elements that were compared bit for bit. */
  readonly elements: number;
  readonly problems: readonly string[];
}

/** Inputs that all rows share, and results that are made of all of them. */
const shared = /^(classWeights|weight|bias)$/;
const overRows = /^(dWeight|dBias)$/;

interface Rows {
  readonly count: number;
  readonly inner: number;
}

function rowsOf({ shape, axis = -1 }: Case): Rows {
  const a = axis < 0 ? axis + shape.length : axis;
  const product = (of: readonly number[]) => of.reduce((n, m) => n * m, 1);
  const inner = product(shape.slice(a + 1));
  return { count: product(shape.slice(0, a)) * inner, inner };
}

/** Whether a row keeps its values: its neighbours on all sides, in columns too, do not. */
const isTested = (row: number, inner: number) =>
  (Math.floor(row / inner) + (row % inner)) % 2 === 0;

/** The rows of a tensor of so many elements, each as the indices of its own. */
function* elementsByRow(length: number, { count, inner }: Rows) {
  const each = length / count;
  for (let row = 0; row < count; row++) {
    const first = Math.floor(row / inner) * inner * each + (row % inner);
    yield { row, indices: Array.from({ length: each }, (_, k) => first + k * inner) };
  }
}

/** The inputs with a −∞ in some tested rows of logits: those are walked with guards, others without. */
function withTroubled(c: Case, inputs: Inputs): Inputs {
  const { x } = inputs;
  if (!x || c.op === 'linearCrossEntropy') return inputs;
  const data = x.data.slice() as Float32Array;
  for (const { row, indices } of elementsByRow(data.length, rowsOf(c))) {
    if (row % 4 === 0 && indices.length > 4) data[indices[1]!] = Number.NEGATIVE_INFINITY;
  }
  return { ...inputs, x: { ...x, data } };
}

/**
 * The inputs with every other row poisoned, its elements by all poisons in turn; not those of a batch
 * that may be picked from any row.
 */
function poisoned(c: Case, inputs: Inputs): Inputs {
  if (c.picked) return inputs;
  const rows = rowsOf(c);
  const changed = Object.entries(inputs).map(([name, input]) => {
    const perRow = input.data.length % rows.count === 0 && !shared.test(name);
    if (!perRow || (name === 'mask' && c.broadcast)) return [name, input];
    const data = input.data.slice();
    for (const { row, indices } of elementsByRow(data.length, rows)) {
      if (isTested(row, rows.inner)) continue;
      indices.forEach((at, k) => {
        const value = poison[(k + (row >> 1)) % poison.length]!;
        if (data instanceof Uint32Array) data[at] = (k + row) % 2;
        else if (data instanceof Int32Array) data[at] = -1;
        else if (c.f16 && Number.isFinite(value)) data[at] = Math.sign(value) * LARGEST_HALF;
        else data[at] = value;
      });
    }
    return [name, { ...input, data }];
  });
  return Object.fromEntries(changed) as Inputs;
}

/** Elements, and calls, that wait for one read-back. */
const BATCH_ELEMENTS = 2 ** 22;
const BATCH_CALLS = 64;

interface Made {
  readonly inputs: Inputs;
  readonly references: References;
}

type Started = ReturnType<typeof layOut>;

/** Runs a case; its results are read with those of others. */
function start(
  arena: Arena,
  c: Case,
  { inputs, references }: Made,
  beside?: typeof around,
): Started {
  const laid = layOut(arena, c, inputs, references, beside);
  runOp(library, c, laid.tensors, laid.outs);
  return laid;
}

interface Result {
  readonly name: string;
  readonly values: Float32Array;
  /** The first byte that was written out of bounds. */
  readonly touched: number | undefined;
}

function resultOf({ name, output, words, fault }: ReadOutput): Result {
  if (fault) throw fault;
  return { name, values: elementsOf(words, output), touched: firstTouched(words, output) };
}

/** Runs each case between harmless neighbours and between poisoned ones. */
async function compareNeighbours(
  cases: readonly Case[],
  adapterClass: AdapterClass = 'cpu',
): Promise<Outcome> {
  const arena = await sharedArena({ adapterClass });
  const outcome = { calls: 0, elements: 0, problems: [] as string[] };
  let waiting: { c: Case; references: References; calm: Started; beside: Started }[] = [];
  let elements = 0;
  // A batch is compared while the GPU is at work on the next one.
  let pending = Promise.resolve();
  const flush = async () => {
    const batch = waiting;
    [waiting, elements] = [[], 0];
    await pending;
    const started = batch.flatMap(({ calm, beside }) => [calm, beside]);
    pending = readBack(arena, started, (read) => {
      const results = read.map((of) => of.map(resultOf));
      for (const [i, { c, references }] of batch.entries()) {
        const problems = [...differences(c, references, results[2 * i]!, results[2 * i + 1]!)];
        outcome.problems.push(...problems.map((problem) => `${describeCase(c)}: ${problem}`));
        outcome.calls++;
      }
    });
    // Heard at the next batch, or at the end.
    pending.catch(() => {});
  };
  let made: (Made & { key: string }) | undefined;
  for (const c of cases) {
    const { regime: _, ...rest } = c;
    const key = JSON.stringify(rest);
    if (made?.key !== key) {
      const inputs = withTroubled(c, makeInputs(c));
      made = { key, inputs, references: makeReferences(c, inputs) };
    }
    const { inputs, references } = made;
    const calm = start(arena, c, made);
    const beside = start(arena, c, { inputs: poisoned(c, inputs), references }, around);
    waiting.push({ c, references, calm, beside });
    for (const { data } of Object.values(references)) {
      elements += data.length;
      outcome.elements += data.length;
    }
    if (elements > BATCH_ELEMENTS || waiting.length >= BATCH_CALLS) await flush();
  }
  await flush();
  await pending;
  outcome.problems.splice(8);
  return outcome;
}

/** What is wrong with results between harmless neighbours and between poisoned ones, in words. */
function* differences(c: Case, references: References, calm: Result[], beside: Result[]) {
  const rows = rowsOf(c);
  for (const [i, { name, values, touched }] of beside.entries()) {
    const expected = calm[i]!;
    if ((touched ?? expected.touched) !== undefined) yield `${name} was written out of bounds`;
    const { ok, worst } = compare(expected.values, references[name]!);
    if (!ok) yield `${name}[${worst}] is beyond its bound between harmless neighbours`;
    if (overRows.test(name) && !c.picked) continue;
    const own = bits(values);
    const wanted = bits(expected.values);
    for (const { row, indices } of elementsByRow(values.length, rows)) {
      const at = indices.findIndex((k) => own[k] !== wanted[k]);
      if (at < 0 || !(isTested(row, rows.inner) || overRows.test(name))) continue;
      const k = indices[at]!;
      yield `${name}, row ${row}, element ${at} is ${values[k]} between poisoned neighbours, else ${expected.values[k]}`;
      break;
    }
  }
}

type Kernel = Omit<Case, 'shape' | 'seed'>;

const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** Where tensors start: on 16 bytes, and with something before them in what is bound. */
const byteOffset = 16;

interface Walk {
  readonly regime: RegimeName;
  /** Lengths of every rest and of every number of quads that a turn of a loop may leave. */
  readonly lengths: readonly number[];
  readonly rows: number;
  /** Columns of each of two slabs, where the axis is not the last. */
  readonly columns?: number;
}

/** Every way to walk rows and columns: unrolled, held, streamed, split. */
const walks: readonly Walk[] = [
  { regime: 'row-per-invocation', lengths: [6, 9], rows: 9 },
  { regime: 'row-per-invocation', lengths: range(129, 64), rows: 9 },
  { regime: 'row-per-subgroup', lengths: range(1, 33), rows: 9 },
  { regime: 'row-per-workgroup', lengths: range(1, 33), rows: 9 },
  { regime: 'split-per-invocation', lengths: range(4097, 32), rows: 5 },
  { regime: 'split-per-workgroup', lengths: range(4097, 32), rows: 5 },
  { regime: 'row-per-invocation', lengths: range(25, 8), rows: 2, columns: 7 },
  { regime: 'split-per-invocation', lengths: range(1025, 8), rows: 2, columns: 7 },
];

/** What one kernel of each reduction shows for all: a walk's code is the same in every kernel. */
const moreWalks: readonly Walk[] = [
  { regime: 'row-per-invocation', lengths: [7, 8], rows: 9 },
  { regime: 'row-per-subgroup', lengths: range(1025, 8), rows: 5 },
  ...[7, 8].map(
    (columns): Walk => ({ regime: 'row-per-invocation', lengths: [3], rows: 2, columns }),
  ),
  { regime: 'row-per-invocation', lengths: range(25, 8), rows: 2, columns: 8 },
  { regime: 'split-per-invocation', lengths: range(1025, 8), rows: 2, columns: 8 },
];

/** The cases of a kernel on a walk; of a loss, that of each row. */
const casesOf = (kernel: Kernel, { regime, lengths, rows, columns }: Walk): Case[] =>
  lengths.map((length) => ({
    ...kernel,
    ...(kernel.op.startsWith('crossEntropy') && { reduction: 'none' }),
    shape: columns ? [rows, length, columns] : [rows, length],
    axis: 1,
    seed: length,
    regime,
    byteOffset,
  }));

async function able(list: readonly Walk[]): Promise<Walk[]> {
  const { device } = await sharedEngine();
  const subgroups = subgroupsOf(device);
  return list.filter(({ regime, lengths, columns }) =>
    takes(regime, lengths.at(-1)!, columns !== undefined, subgroups),
  );
}

const onAll = async (list: readonly Kernel[], on: readonly Walk[]): Promise<Case[]> => {
  const ways = await able(on);
  return list.flatMap((kernel) => ways.flatMap((walk) => casesOf(kernel, walk)));
};

/** One kernel of the matrix on every walk. */
export async function kernelBeside(kernel: number): Promise<Outcome> {
  const of = kernels[kernel]!;
  const shows = /^(softmax|softmaxVjp)$/.test(of.op) || of.targets === 'probabilities';
  return compareNeighbours(await onAll([of], shows ? [...walks, ...moreWalks] : walks));
}

/** A walk of each kind, with quads of every length of a rest. */
const someWalks: readonly Walk[] = [
  { regime: 'row-per-invocation', lengths: range(129, 16), rows: 9 },
  { regime: 'row-per-subgroup', lengths: range(9, 8), rows: 9 },
  { regime: 'split-per-invocation', lengths: range(4097, 8), rows: 5 },
  { regime: 'row-per-invocation', lengths: range(25, 4), rows: 2, columns: 7 },
  { regime: 'row-per-invocation', lengths: range(25, 4), rows: 2, columns: 8 },
];

/** Ways to load, store and compute that are not those of plain f32 rows. */
const options: Record<string, readonly Kernel[]> = {
  'f16, every role': [
    { op: 'softmax', f16: ['x', 'y'] },
    { op: 'softmaxVjp', f16: ['x', 'v', 'y'] },
    { op: 'crossEntropyGrad', targets: 'probabilities', f16: ['x', 'v', 'y'] },
  ],
  'f16, inputs or results': [
    { op: 'softmax', f16: ['x'] },
    { op: 'softmax', f16: ['y'] },
  ],
  'masks of every element': [
    { op: 'softmax', mask: 'additive' },
    { op: 'logSumExp', mask: 'boolean' },
  ],
  'masks that rows share': [
    { op: 'logSoftmax', mask: 'additive', broadcast: [true, false, true] },
    { op: 'crossEntropyGrad', mask: 'boolean', broadcast: [true, false, true], weights: true },
  ],
  precise: [
    { op: 'softmax', precision: 'high' },
    { op: 'crossEntropyWithGrad', precision: 'high' },
  ],
  'in place': [
    { op: 'softmax', inPlace: true },
    { op: 'crossEntropyGrad', inPlace: true, lossGrad: 'tensor' },
  ],
};

export const namesOfOptions = (): readonly string[] => Object.keys(options);

/** Kernels with options, on a walk of each kind. */
export const optionsBeside = async (name: string): Promise<Outcome> =>
  compareNeighbours(await onAll(options[name]!, someWalks));

/** Rows of one block, of a few, and of two chunks. */
const selectLengths = [...range(1, 12), ...range(193, 16), ...range(4097, 8)];

/** Picks and draws in both regimes, and along an axis that is not the last. */
export function selectsBeside(): Promise<Outcome> {
  const list: readonly Kernel[] = [
    { op: 'argmax' },
    { op: 'topK', k: 3, values: 'probabilities' },
    { op: 'topK', k: 2, f16: ['x'], mask: 'additive' },
    { op: 'cutoff', k: 40, own: { topP: 0.9 } },
    { op: 'sample', draws: 3 },
  ];
  const cases = list.flatMap((kernel) =>
    selectLengths.flatMap((length): Case[] => {
      const of = { ...kernel, axis: 1, seed: length, byteOffset };
      return [
        ...selectRegimes.map((regime) => ({
          ...of,
          shape: [length < 4096 ? 9 : 5, length],
          regime,
        })),
        ...(length % 4 < 2 ? [{ ...of, shape: [2, length, 3] }] : []),
      ];
    }),
  );
  return compareNeighbours(cases);
}

/** What walks no rows: products of every rest of a tile, a step, a map. */
export function othersBeside(adapterClass: AdapterClass): Promise<Outcome> {
  const linear = range(17, 8).flatMap((classes): Case[] => [
    {
      op: 'linearCrossEntropy',
      shape: [9, classes],
      depth: classes - 12,
      seed: classes,
      bias: true,
    },
    { op: 'linearCrossEntropy', shape: [6, classes], depth: 4, seed: classes, picked: true },
  ]);
  const others = range(1, 8).flatMap((length): Case[] => [
    { op: 'sgdStep', shape: [9, length], seed: length, momentum: 0.9 },
    { op: 'adamStep', shape: [9, length], seed: length },
    { op: 'softmaxJacobian', shape: [5, length], seed: length },
    { op: 'softmaxJacobian', shape: [2, length, 3], axis: 1, seed: length, f16: ['x', 'y'] },
  ]);
  const all = [...linear.map((c): Case => ({ ...c, reduction: 'none' })), ...others];
  return compareNeighbours(
    all.map((c) => ({ ...c, byteOffset })),
    adapterClass,
  );
}
