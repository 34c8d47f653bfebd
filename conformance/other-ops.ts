/**
 * Cases of the operations that are no walk over rows: picks and draws, a linear layer, a step of
 * gradient descent. What of their inputs and options is that of the others, they are given.
 */

import type * as library from '../src/index';
import type { FilterOptions, GpuTensor, LinearResult } from '../src/index';
import type { HostTensor, Reference } from '../src/reference';
import * as reference from '../src/reference';
import type { Case, Inputs, Library, References } from './cases';
import { normal, Random, uniform } from './random';

export const otherOps = [
  'argmax',
  'topK',
  'cutoff',
  'sample',
  'linearCrossEntropy',
  'sgdStep',
  'adamStep',
  'countTokens',
  'logProbabilities',
] as const;
export type OtherOp = (typeof otherOps)[number];

/** Options of axis, scale, mask, targets and weights, the tensors those of either side. */
type Options = Record<string, unknown>;
type Tensors = Record<string, GpuTensor>;

interface Other {
  /** @param usual inputs that it has in common with other operations */
  inputs(c: Case, usual: { x: HostTensor; mask: Inputs; targets: Inputs }): Inputs;
  references(c: Case, inputs: Inputs, options: Options): References;
  run(library: Library, c: Case, tensors: Tensors, outs: Tensors, options: Options): void;
}

const lengthOf = ({ shape, axis = -1 }: Case) => shape.at(axis)!;
const picksOf = (c: Case) => Math.min(c.k ?? 3, lengthOf(c));

/** Integers, which are right or wrong. */
const exact = (indices: Int32Array | Uint32Array, shape: readonly number[]): Reference => ({
  data: Float64Array.from(indices),
  shape: [...shape],
  bound: new Float64Array(indices.length),
});

/** The shape of x with so many elements along the axis, or without the axis. */
function shapeWith({ shape, axis = -1 }: Case, length?: number): number[] {
  const a = axis < 0 ? axis + shape.length : axis;
  const middle = length === undefined ? [] : [length];
  return [...shape.slice(0, a), ...middle, ...shape.slice(a + 1)];
}

/**
 * A bias with equal classes, classes that no row has and values that are special; counts of tokens
 * that were seen in the prompt, generated, both, or neither.
 */
function adjustInputs({ adjust = [], shape, seed, ...c }: Case): Inputs {
  const random = new Random(seed + 9);
  const inputs: Inputs = {};
  if (adjust.includes('bias')) {
    const classes = lengthOf({ shape, seed, ...c } as Case);
    const n = Math.min(40, 2 * classes);
    const outside = [-1, classes, 2 ** 31 - 1, -(2 ** 31)];
    const index = () =>
      random.uniform() < 0.2 ? outside[random.integer(4)]! : random.integer(Math.min(classes, 60));
    const value = () => (random.uniform() < 0.1 ? -Infinity : random.uniform(-5, 5));
    inputs.biasIndices = { data: Int32Array.from({ length: n }, index), shape: [n] };
    inputs.biasValues = { data: Float32Array.from({ length: n }, value), shape: [n] };
  }
  if (adjust.some((part) => part !== 'bias')) {
    const count = shape.reduce((a, b) => a * b, 1);
    const generated = () => (random.uniform() < 0.3 ? 1 + random.integer(9) : 0);
    const seen = () => (random.uniform() < 0.2 ? 2 ** 31 : 0) + generated();
    inputs.counts = { data: Uint32Array.from({ length: count }, seen), shape };
  }
  return inputs;
}

/** The same as options, with the tensors of either side. */
function adjustOptions<T>(
  { adjust = [], seed }: Case,
  { biasIndices, biasValues, counts }: Record<string, T>,
  dataOf: (tensor: T) => unknown,
) {
  const random = new Random(seed + 10);
  const order = adjust.find((part) => part !== 'bias');
  return {
    ...(biasIndices && {
      bias: { indices: dataOf(biasIndices), values: dataOf(biasValues!) },
    }),
    ...(counts && {
      penalties: {
        counts,
        order,
        repetition: random.uniform(0.6, 1.6),
        frequency: random.uniform(-0.5, 1),
        presence: random.uniform(-0.5, 1),
      },
    }),
  };
}

/** Of the reference, whose bias is arrays. */
const hostAdjust = (c: Case, inputs: Inputs) =>
  adjustOptions(c, inputs, ({ data }) => data) as unknown as reference.AdjustOptions;
const gpuAdjust = (c: Case, tensors: Tensors) =>
  adjustOptions(c, tensors, (tensor) => tensor) as library.AdjustOptions;
/** Filters of a case: its own, and where it has none a top-p. */
const filtersOf = (c: Case): FilterOptions => ({
  ...(c.own ?? { topP: 0.9 }),
  ...(c.k !== undefined && { topK: picksOf(c) }),
});

/** A margin below which a draw may be the neighbour's: what f32 sums may move a boundary by. */
const NEAR = 2 ** -20;

function drawOptions(c: Case): { seed: number } & Options {
  return {
    // Some in both words of a seed.
    seed: c.seed * (2 ** 39 + 1),
    ...(c.draws !== undefined && { draws: c.draws }),
    ...(c.rowOffset !== undefined && { rowOffset: c.rowOffset }),
    ...c.own,
    ...(c.k !== undefined && { topK: picksOf(c) }),
    ...(c.greedy && { temperature: 0 }),
  };
}

const stepOptions = ({ seed, momentum, weightDecay }: Case) => ({
  learningRate: new Random(seed + 8).uniform(-1, 1),
  ...(momentum !== undefined && { momentum }),
  ...(weightDecay !== undefined && { weightDecay }),
});

/** Seeds that are multiples of 100 make a first step. */
const adamOptions = ({ seed, weightDecay = 0, decoupled = true }: Case) => ({
  step: 1 + (seed % 100),
  learningRate: new Random(seed + 8).uniform(0.001, 0.1),
  weightDecay,
  decoupled,
});

const countOptions = ({ seed }: Case) => ({ by: seed % 2 ? -1 : 1 });

/** By name, `result` of each that is wanted. */
const wantedOf = (c: Case): readonly LinearResult[] => c.wants ?? ['dX', 'dWeight', 'dBias'];

/** Numbers that a batch may have for rows that are not there. */
const NO_ROWS = [-1, 2 ** 31 - 1, -(2 ** 31)];

/** The logits' shape [N, K] is that of the case; x is [N, D], or of twice as many rows. */
function linearInputs(c: Case, { mask, targets }: { mask: Inputs; targets: Inputs }): Inputs {
  const { seed, depth = 5 } = c;
  const [count, classes] = c.shape as [number, number];
  const rowsOfX = c.picked ? 2 * count : count;
  const random = new Random(seed + 6);
  const inputs: Inputs = {
    x: { data: normal(seed, rowsOfX * depth), shape: [rowsOfX, depth] },
    weight: {
      data: normal(seed + 1, classes * depth, 2 / Math.sqrt(depth)),
      shape: [classes, depth],
    },
    ...targets,
    ...mask,
  };
  if (c.bias) inputs.bias = { data: normal(seed + 7, classes), shape: [classes] };
  if (!c.picked) return inputs;
  const labels = Int32Array.from(
    { length: rowsOfX },
    (_, r) => (targets.targets!.data[r % count] as number) ?? 0,
  );
  const pick = () =>
    c.outside && random.uniform() < 0.3
      ? NO_ROWS[random.integer(NO_ROWS.length)]!
      : random.integer(rowsOfX);
  const rows = Int32Array.from({ length: count }, pick);
  const unsigned = seed % 2 === 1;
  return {
    ...inputs,
    targets: { data: labels, shape: [rowsOfX] },
    rows: { data: unsigned ? Uint32Array.from(rows) : rows, shape: [count] },
  };
}

/** Logits, a mask, and what adjusts them. */
const selectInputs: Other['inputs'] = (c, { x, mask }) => ({
  x: x as Inputs[string],
  ...mask,
  ...adjustInputs(c),
});

export const others: Record<OtherOp, Other> = {
  argmax: {
    inputs: selectInputs,
    references: (c, { x, ...inputs }, { scale: _, ...options }) => ({
      out: exact(reference.argmax(x!, { ...options, ...hostAdjust(c, inputs) }), shapeWith(c)),
    }),
    run: (library, c, { x, ...tensors }, { out }, { scale: __, ...options }) =>
      library.argmax(x!, { ...options, adjust: library.adjust(gpuAdjust(c, tensors)), out }),
  },
  topK: {
    inputs: selectInputs,
    references: (c, { x, ...inputs }, options) => {
      const own = { ...(c.values && { values: c.values }), ...hostAdjust(c, inputs) };
      const picked = reference.topK(x!, picksOf(c), { ...options, ...own });
      return {
        values: picked.values,
        indices: exact(picked.indices, picked.values.shape),
      };
    },
    run: (library, c, { x, ...tensors }, { values, indices }, options) =>
      library.topK(x!, picksOf(c), {
        ...options,
        adjust: library.adjust(gpuAdjust(c, tensors)),
        ...(c.values && { values: c.values }),
        out: { values: values!, indices: indices! },
      }),
  },
  cutoff: {
    inputs: selectInputs,
    references: (c, { x, ...inputs }, options) => {
      const own = { ...filtersOf(c), ...hostAdjust(c, inputs) };
      const found = reference.cutoff(x!, { ...options, ...own });
      const kept = exact(found.kept, shapeWith(c));
      const threshold = { ...exact(found.kept, shapeWith(c)), data: found.threshold };
      found.margins.forEach((margin, i) => {
        if (margin < NEAR) kept.bound[i] = threshold.bound[i] = lengthOf(c);
      });
      return { kept, threshold };
    },
    run: (library, c, { x, ...tensors }, { kept, threshold }, options) =>
      library.cutoff(x!, {
        ...options,
        ...filtersOf(c),
        ...gpuAdjust(c, tensors),
        out: { kept: kept!, threshold: threshold! },
      }),
  },
  sample: {
    inputs: selectInputs,
    references: (c, { x, ...inputs }, options) => {
      const own = { ...drawOptions(c), ...hostAdjust(c, inputs) };
      const drawn = reference.sample(x!, { ...options, ...own });
      const out = exact(drawn.indices, shapeWith(c, c.draws));
      // A near-tie may go to any other.
      drawn.margins.forEach((margin, i) => {
        if (margin < NEAR) out.bound[i] = lengthOf(c);
      });
      return { out };
    },
    run: (library, c, { x, ...tensors }, { out }, options) =>
      library.sample(x!, { ...options, ...drawOptions(c), ...gpuAdjust(c, tensors), out: out! }),
  },
  linearCrossEntropy: {
    inputs: linearInputs,
    references: (c, { x, weight, targets, bias, rows }, options) => {
      const all = reference.linearCrossEntropy(x!, weight!, targets!, {
        ...options,
        ...(bias && { bias }),
        ...(rows && { rows }),
      });
      const wanted = wantedOf(c).map((name) => [name, all[name]]);
      return { loss: all.loss, ...Object.fromEntries(wanted) };
    },
    run: (library, c, { x, weight, targets, bias, rows }, outs, options) =>
      library.linearCrossEntropy(x!, weight!, targets!, {
        ...options,
        ...(bias && { bias }),
        ...(rows && { rows }),
        ...(c.wants && { wants: c.wants }),
        ...(c.scratchBytes !== undefined && { scratchBytes: c.scratchBytes }),
        out: outs,
      }),
  },
  sgdStep: {
    inputs: (c) => {
      const { shape, seed } = c;
      const n = shape.reduce((a, b) => a * b, 1);
      return {
        weight: { data: uniform(seed, n, -1, 1), shape },
        grad: { data: normal(seed + 1, n), shape },
        ...(c.momentum !== undefined && { velocity: { data: normal(seed + 2, n), shape } }),
      };
    },
    references: (c, { weight, grad, velocity }) => {
      const stepped = reference.sgdStep(weight!, grad!, {
        ...stepOptions(c),
        ...(velocity && { velocity }),
      });
      return { weight: stepped.weight, ...(velocity && { velocity: stepped.velocity }) };
    },
    run: (library, c, { weight, grad, velocity }) =>
      library.sgdStep(weight!, grad!, { ...stepOptions(c), ...(velocity && { velocity }) }),
  },
  adamStep: {
    inputs: (c) => {
      const { shape, seed } = c;
      const n = shape.reduce((a, b) => a * b, 1);
      const random = new Random(seed + 3);
      // Gradients of any size: some are 0, and some so small that their squares are.
      const sizes = [0, 1e-30, 1e-6, 1, 1e6];
      const grad = normal(seed + 1, n).map((g) => g * sizes[random.integer(sizes.length)]!);
      const before = (made: Float32Array) =>
        adamOptions(c).step === 1 ? new Float32Array(n) : made;
      return {
        weight: { data: uniform(seed, n, -1, 1), shape },
        grad: { data: grad, shape },
        m: { data: before(normal(seed + 2, n)), shape },
        v: { data: before(normal(seed + 4, n).map((d) => d * d)), shape },
      };
    },
    references: (c, { weight, grad, m, v }) => ({
      ...reference.adamStep(weight!, grad!, { m: m!, v: v!, ...adamOptions(c) }),
    }),
    run: (library, c, { weight, grad, m, v }) =>
      library.adamStep(weight!, grad!, { m: m!, v: v!, ...adamOptions(c) }),
  },
  countTokens: {
    inputs: (c) => {
      const { shape, seed } = c;
      const random = new Random(seed);
      const rows = shapeWith(c);
      const n = shape.reduce((a, b) => a * b, 1);
      const m = c.k === undefined ? [] : [c.k];
      const token = () => random.integer(lengthOf(c) + 2) - 1;
      const count = [...rows, ...m].reduce((a, b) => a * b, 1);
      return {
        counts: { data: Uint32Array.from({ length: n }, () => 1000 + random.integer(9)), shape },
        tokens: { data: Int32Array.from({ length: count }, token), shape: [...rows, ...m] },
      };
    },
    references: (c, { counts, tokens }) => {
      const data = reference.countTokens(counts!, tokens!, countOptions(c));
      return { counts: exact(data, counts!.shape) };
    },
    run: (library, c, { counts, tokens }) => library.countTokens(counts!, tokens!, countOptions(c)),
  },
  logProbabilities: {
    inputs: (c, usual) => {
      const random = new Random(c.seed + 11);
      const length = lengthOf(c);
      const shape = shapeWith(c, c.k);
      const outside = [-1, length, 2 ** 31 - 1, -(2 ** 31)];
      const index = () =>
        random.uniform() < 0.1 ? outside[random.integer(4)]! : random.integer(length);
      const count = shape.reduce((a, b) => a * b, 1);
      const { x, ...rest } = selectInputs(c, usual);
      const indices = { data: Int32Array.from({ length: count }, index), shape };
      // Where one place is asked about it is the largest element's, every other row.
      if (c.k === undefined) {
        reference.argmax(x!, { axis: c.axis ?? -1 }).forEach((best, r) => {
          if (r % 2 === 0) indices.data[r] = best;
        });
      }
      return { x: x!, indices, ...rest };
    },
    references: (c, { x, indices, ...inputs }, options) => {
      const own = { ...options, ...hostAdjust(c, inputs) };
      const { values, ranks } = reference.logProbabilities(x!, indices!, own);
      return { values, ranks: exact(ranks, values.shape) };
    },
    run: (library, c, { x, indices, ...tensors }, { values, ranks }, options) =>
      library.logProbabilities(x!, indices!, {
        ...options,
        ...gpuAdjust(c, tensors),
        out: { values: values!, ranks: ranks! },
      }),
  },
};
