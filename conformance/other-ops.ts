/**
 * Cases of the operations that are no walk over rows: picks and draws, a linear layer, a step of
 * gradient descent. What of their inputs and options is that of the others, they are given.
 */

import type { GpuTensor, LinearResult } from '../src/index';
import type { HostTensor, Reference } from '../src/reference';
import * as reference from '../src/reference';
import type { Case, Inputs, Library, References } from './cases';
import { normal, Random, uniform } from './random';

export const otherOps = ['argmax', 'topK', 'sample', 'linearCrossEntropy', 'sgdStep'] as const;
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

/** Indices, which are right or wrong. */
const exact = (indices: Int32Array, shape: readonly number[]): Reference => ({
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

/** A margin below which a draw may be the neighbour's: what f32 sums may move a boundary by. */
const NEAR = 2 ** -20;

function drawOptions(c: Case): { seed: number } & Options {
  return {
    // Some in both words of a seed.
    seed: c.seed * (2 ** 39 + 1),
    ...(c.draws !== undefined && { draws: c.draws }),
    ...(c.rowOffset !== undefined && { rowOffset: c.rowOffset }),
    ...(c.k !== undefined && { topK: picksOf(c) }),
    ...(c.greedy && { temperature: 0 }),
  };
}

const stepOptions = ({ seed, momentum }: Case) => ({
  learningRate: new Random(seed + 8).uniform(-1, 1),
  ...(momentum !== undefined && { momentum }),
});

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

export const others: Record<OtherOp, Other> = {
  argmax: {
    inputs: (_, { x, mask }) => ({ x: x as Inputs[string], ...mask }),
    references: (c, { x }, { scale: _, ...options }) => ({
      out: exact(reference.argmax(x!, options), shapeWith(c)),
    }),
    run: (library, _, { x }, { out }, { scale: __, ...options }) =>
      library.argmax(x!, { ...options, out }),
  },
  topK: {
    inputs: (_, { x, mask }) => ({ x: x as Inputs[string], ...mask }),
    references: (c, { x }, options) => {
      const values = c.values && { values: c.values };
      const picked = reference.topK(x!, picksOf(c), { ...options, ...values });
      return {
        values: picked.values,
        indices: exact(picked.indices, picked.values.shape),
      };
    },
    run: (library, c, { x }, { values, indices }, options) =>
      library.topK(x!, picksOf(c), {
        ...options,
        ...(c.values && { values: c.values }),
        out: { values: values!, indices: indices! },
      }),
  },
  sample: {
    inputs: (_, { x, mask }) => ({ x: x as Inputs[string], ...mask }),
    references: (c, { x }, options) => {
      const drawn = reference.sample(x!, { ...options, ...drawOptions(c) });
      const out = exact(drawn.indices, shapeWith(c, c.draws));
      // A near-tie may go to any other.
      drawn.margins.forEach((margin, i) => {
        if (margin < NEAR) out.bound[i] = lengthOf(c);
      });
      return { out };
    },
    run: (library, c, { x }, { out }, options) =>
      library.sample(x!, { ...options, ...drawOptions(c), out: out! }),
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
};
