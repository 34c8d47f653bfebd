/**
 * One call of every operation on seeded tensors of a shape, plain and with its options, in a form
 * that a test can run with an `out`, an encoder, a regime or tensors of its own.
 */

import {
  type Layout,
  operations,
  type Role,
  type RowOp,
  rowOps,
} from '../../conformance/operations';
import { logits, normal, Random, uniform } from '../../conformance/random';
import * as library from '../../src/index';
import {
  adamStep,
  argmax,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  cutoff,
  type DType,
  type Engine,
  type GpuTensor,
  linearCrossEntropy,
  logSoftmax,
  logSumExp,
  logSumExpVjp,
  type RegimeName,
  sample,
  sgdStep,
  softmax,
  topK,
} from '../../src/index';

/** Tensor arguments of each operation, in their order. */
export const argumentNames: Record<string, readonly string[]> = {
  ...Object.fromEntries(rowOps.map((op) => [op, Object.keys(operations[op].takes)])),
  argmax: ['x'],
  topK: ['x'],
  cutoff: ['x'],
  sample: ['x'],
  logProbabilities: ['x', 'indices'],
  countTokens: ['counts', 'tokens'],
  linearCrossEntropy: ['x', 'weight', 'targets'],
  sgdStep: ['weight', 'grad'],
  adamStep: ['weight', 'grad'],
};

export interface Input {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

export type Tensors = Record<string, GpuTensor>;

/** What a test may add to a call. */
export interface Extra {
  out?: Tensors;
  encoder?: GPUCommandEncoder;
  pass?: GPUComputePassEncoder;
  regime?: RegimeName;
  /** In place of the mean of a loss without options. */
  reduction?: 'none';
}

export interface Call {
  readonly name: string;
  /** By name of the argument, the first one first. */
  readonly inputs: Record<string, Input>;
  /** Shapes of the results. */
  readonly outputs: Record<string, readonly number[]>;
  /** Results that are indices; the others are f32. */
  readonly indices: readonly string[];
  /**
   * Whether results are inputs brought forward, each in a buffer of its own. With an `out` of that
   * name the input is copied there first.
   */
  readonly inPlace: boolean;
  /** Inputs that a result of the same shape may take the place of. */
  readonly replaceable: readonly string[];
  run(tensors: Tensors, extra?: Extra): Tensors;
}

export interface CallsOf {
  readonly shape: readonly number[];
  readonly axis?: number;
  readonly seed?: number;
}

type Name = keyof ReturnType<typeof generators>;
type Output = 'full' | 'row' | 'one' | 'jacobian' | 'picks' | 'ofX' | 'ofWeight' | 'classes';
type Results = Record<string, Output>;
interface Entry {
  readonly inputs: readonly Name[];
  readonly results: Results;
  readonly indices?: readonly string[];
  readonly inPlace?: boolean;
  readonly run: (t: Tensors, o: Extra & { axis: number }) => Tensors;
}

/** A call with one result, which is named `out`. */
function single(
  inputs: readonly Name[],
  result: Output,
  run: (t: Tensors, o: object) => GpuTensor,
): Entry {
  return {
    inputs,
    results: { out: result },
    run: (t, { out, ...o }) => ({
      out: run(t, { ...o, ...(out && { out: out.out }) }),
    }),
  };
}

const rowLoss = { loss: 'row', logSumExp: 'row' } as const;
const maskOf = (t: Tensors) => t.mask ?? t.broadcastMask;

/** An operation on rows with no option. */
function plainEntry(op: RowOp): Entry {
  const { takes, gives } = operations[op];
  const inputs = Object.values(takes as Record<string, Role>).map((role) =>
    role === 'v' ? 'dy' : role,
  );
  const results = Object.entries(gives as Record<string, Layout>);
  const call = library[op] as (...args: unknown[]) => unknown;
  return {
    inputs,
    results: Object.fromEntries(
      results.map(([name, layout]) => [nameOf(op, name), outputs[layout]]),
    ),
    run: (t, { out, ...o }) => {
      const args = inputs.map((input) => t[input]);
      const result = call(...args, { ...o, ...(out && { out: isAlone(op) ? out.out : out }) });
      return isAlone(op) ? { out: result as GpuTensor } : (result as Tensors);
    },
  };
}

const outputs = { tensor: 'full', values: 'row', square: 'jacobian', scalar: 'one' } as const;
const isAlone = (op: RowOp) => Object.keys(operations[op].gives).length === 1;
/** A single result is named `out`. */
const nameOf = (op: RowOp, name: string) => (isAlone(op) ? 'out' : name);

const plain = Object.fromEntries(rowOps.map((op) => [op, plainEntry(op)]));

const withOptions: Record<string, Entry> = {
  'softmax, mask': single(['x', 'mask'], 'full', (t, o) =>
    softmax(t.x!, { ...o, mask: maskOf(t), scale: 0.7 }),
  ),
  'logSoftmax, broadcast mask': single(['x', 'broadcastMask'], 'full', (t, o) =>
    logSoftmax(t.x!, { ...o, mask: maskOf(t), temperature: 2 }),
  ),
  'logSumExp, broadcast mask': single(['x', 'broadcastMask'], 'row', (t, o) =>
    logSumExp(t.x!, { ...o, mask: maskOf(t), scale: 0.7 }),
  ),
  'logSumExpVjp, mask': single(['x', 'dLse', 'mask'], 'full', (t, o) =>
    logSumExpVjp(t.x!, t.dLse!, { ...o, mask: maskOf(t) }),
  ),
  'crossEntropy, weights, smoothing': {
    inputs: ['x', 'targets', 'classWeights', 'mask'],
    results: rowLoss,
    run: (t, o) =>
      crossEntropy(t.x!, t.targets!, {
        ...o,
        mask: maskOf(t),
        classWeights: t.classWeights!,
        labelSmoothing: 0.1,
        zLoss: 1e-3,
        reduction: 'none',
      }),
  },
  'crossEntropyGrad, weights, lossGrad': single(
    ['x', 'targets', 'classWeights', 'lossGrad', 'broadcastMask'],
    'full',
    (t, o) =>
      crossEntropyGrad(t.x!, t.targets!, {
        ...o,
        mask: maskOf(t),
        classWeights: t.classWeights!,
        lossGrad: t.lossGrad!,
        reduction: 'none',
      }),
  ),
  'crossEntropyWithGrad, smoothing, lossGrad': {
    inputs: ['x', 'targets', 'lossGrad'],
    results: { loss: 'row', grad: 'full' },
    run: (t, o) =>
      crossEntropyWithGrad(t.x!, t.targets!, {
        ...o,
        labelSmoothing: 0.2,
        lossGrad: t.lossGrad!,
        reduction: 'none',
      }),
  },
  'crossEntropyWithGrad, probabilities': {
    inputs: ['x', 'probabilities', 'classWeights', 'mask'],
    results: { loss: 'one', grad: 'full' },
    run: (t, o) =>
      crossEntropyWithGrad(t.x!, t.probabilities!, {
        ...o,
        mask: maskOf(t),
        classWeights: t.classWeights!,
        reduction: 'sum',
      }),
  },
};

/** How many of a row are picked or drawn, where it has as many. */
const PICKS = 3;
/** Columns of a linear layer's matrices. */
const DEPTH = 4;

/** The tensor of a step: the input itself, or `out` with what is in it. */
function stepped(from: GpuTensor, out: GpuTensor | undefined): GpuTensor {
  if (!out) return from;
  const { device } = from.engine;
  const encoder = device.createCommandEncoder();
  const bytes = 4 * from.count;
  encoder.copyBufferToBuffer(from.buffer, from.byteOffset, out.buffer, out.byteOffset, bytes);
  device.queue.submit([encoder.finish()]);
  return out;
}

const others: Record<string, Entry> = {
  argmax: {
    ...single(['x'], 'row', (t, o) => argmax(t.x!, o)),
    indices: ['out'],
  },
  'topK, probabilities': {
    inputs: ['x'],
    results: { values: 'picks', indices: 'picks' },
    indices: ['indices'],
    run: (t, o) => {
      const k = Math.min(PICKS, t.x!.shape.at(o.axis)!);
      return { ...topK(t.x!, k, { ...o, values: 'probabilities' }) };
    },
  },
  cutoff: {
    inputs: ['x'],
    results: { kept: 'row', threshold: 'row' },
    indices: ['kept'],
    run: (t, o) => ({ ...cutoff(t.x!, { ...o, topP: 0.9 }) }),
  },
  sample: {
    ...single(['x'], 'row', (t, o) => sample(t.x!, { ...o, seed: 11 })),
    indices: ['out'],
  },
  linearCrossEntropy: {
    inputs: ['layerX', 'layerWeight', 'layerTargets'],
    results: { loss: 'one', dX: 'ofX', dWeight: 'ofWeight', dBias: 'classes' },
    run: (t, { axis: _, ...o }) =>
      linearCrossEntropy(t.layerX!, t.layerWeight!, t.layerTargets!, o),
  },
  sgdStep: {
    inputs: ['weight', 'grad'],
    results: { weight: 'full' },
    inPlace: true,
    run: (t, { out, axis: _, regime: __, reduction: ___, ...o }) => {
      const weight = stepped(t.weight!, out?.weight);
      return { weight: sgdStep(weight, t.grad!, { ...o, learningRate: 0.1 }) };
    },
  },
  'sgdStep, momentum': {
    inputs: ['weight', 'grad', 'velocity'],
    results: { weight: 'full', velocity: 'full' },
    inPlace: true,
    run: (t, { out, axis: _, regime: __, reduction: ___, ...o }) => {
      const weight = stepped(t.weight!, out?.weight);
      const velocity = stepped(t.velocity!, out?.velocity);
      sgdStep(weight, t.grad!, { ...o, learningRate: 0.1, momentum: 0.9, velocity });
      return { weight, velocity };
    },
  },
  adamStep: {
    inputs: ['weight', 'grad', 'velocity', 'squares'],
    results: { weight: 'full', m: 'full', v: 'full' },
    inPlace: true,
    run: (t, { out, axis: _, regime: __, reduction: ___, ...o }) => {
      const weight = stepped(t.weight!, out?.weight);
      const m = stepped(t.velocity!, out?.m);
      const v = stepped(t.squares!, out?.v);
      adamStep(weight, t.grad!, { ...o, m, v, step: 3, learningRate: 0.1 });
      return { weight, m, v };
    },
  },
};

/** Every operation with no option. */
export const plainCalls = (of: CallsOf): Call[] => callsOf(plain, of);

/** Operations with masks, weights, smoothing, probabilities and upstream gradients. */
export const optionCalls = (of: CallsOf): Call[] => callsOf(withOptions, of);

/** Operations that are no walk over rows: picks and draws, a linear layer, a step. */
export const otherCalls = (of: CallsOf): Call[] => callsOf(others, of);

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function callsOf(entries: Record<string, Entry>, { shape, axis = -1, seed = 1 }: CallsOf): Call[] {
  const make = generators(shape, axis, seed);
  const a = axis < 0 ? axis + shape.length : axis;
  const row = [...shape.slice(0, a), ...shape.slice(a + 1)];
  const classes = shape[a]!;
  const shapes: Record<Output, readonly number[]> = {
    full: shape,
    row,
    picks: [...shape.slice(0, a), Math.min(PICKS, classes), ...shape.slice(a + 1)],
    ofX: [size(row), DEPTH],
    ofWeight: [classes, DEPTH],
    classes: [classes],
    one: [],
    jacobian: [...shape.slice(0, a), shape[a]!, ...shape.slice(a)],
  };
  return Object.entries(entries).map(([name, entry]) => {
    const { inputs, results, indices = [], inPlace = false, run } = entry;
    return {
      name,
      indices,
      inPlace,
      inputs: Object.fromEntries(inputs.map((input) => [input, make[input]()])),
      outputs: Object.fromEntries(Object.entries(results).map(([key, of]) => [key, shapes[of]])),
      replaceable:
        Object.values(results).includes('full') && !inPlace
          ? inputs.filter((input) => rowData.includes(input))
          : [],
      run: (tensors, extra = {}) => run(tensors, { axis, ...extra }),
    };
  });
}

const rowData: readonly string[] = ['x', 'y', 'logY', 'dy', 'probabilities', 'mask'];

/** The inputs by name: made for a shape, and only when asked for. */
function generators(shape: readonly number[], axis: number, seed: number) {
  const a = axis < 0 ? axis + shape.length : axis;
  const classes = shape[a]!;
  const rows = [...shape.slice(0, a), ...shape.slice(a + 1)];
  const f32 = (data: Float32Array, of = shape): Input => ({
    dtype: 'f32',
    shape: of,
    data: data as Float32Array<ArrayBuffer>,
  });
  const random = (more: number) => new Random(seed + more);
  return {
    x: () => f32(logits(seed, size(shape))),
    y: () => f32(uniform(seed + 1, size(shape), 0, 2 / classes)),
    logY: () => f32(uniform(seed + 1, size(shape), -12, -0.1)),
    dy: () => f32(normal(seed + 2, size(shape))),
    probabilities: () => f32(uniform(seed + 3, size(shape), 0, 2 / classes)),
    dLse: () => f32(normal(seed + 5, size(rows)), rows),
    lossGrad: () => f32(normal(seed + 6, size(rows)), rows),
    classWeights: () => f32(uniform(seed + 7, classes, 0.5, 2), [classes]),
    targets: (): Input => {
      const r = random(8);
      const data = Int32Array.from({ length: size(rows) }, () => r.integer(classes));
      return { dtype: 'i32', shape: rows, data };
    },
    layerX: () => f32(normal(seed + 11, size(rows) * DEPTH), [size(rows), DEPTH]),
    layerWeight: () => f32(normal(seed + 12, classes * DEPTH), [classes, DEPTH]),
    layerTargets: (): Input => {
      const r = random(13);
      const data = Int32Array.from({ length: size(rows) }, () => r.integer(classes));
      return { dtype: 'i32', shape: [size(rows)], data };
    },
    weight: () => f32(normal(seed + 14, size(shape))),
    grad: () => f32(normal(seed + 15, size(shape))),
    velocity: () => f32(normal(seed + 16, size(shape))),
    squares: () => f32(normal(seed + 17, size(shape)).map((d) => d * d)),
    mask: () => {
      const r = random(9);
      const value = () => (r.uniform() < 0.2 ? Number.NEGATIVE_INFINITY : r.uniform(-2, 2));
      return f32(Float32Array.from({ length: size(shape) }, value));
    },
    /** Boolean, one for all rows. */
    broadcastMask: (): Input => {
      const r = random(10);
      const data = Uint32Array.from({ length: classes }, () => Number(r.uniform() < 0.8));
      return { dtype: 'u32', shape: shape.map((n, d) => (d === a ? n : 1)), data };
    },
  };
}

/** Uploads the inputs of a call. */
export const upload = (engine: Engine, { inputs }: Call): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape, dtype }]) => [
      name,
      engine.tensor(data, shape, { dtype }),
    ]),
  );

/** New tensors for the results of a call. */
export const outOf = (engine: Engine, { outputs, indices }: Call): Tensors =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, shape]) => [
      name,
      indices.includes(name)
        ? engine.tensor(new Int32Array(size(shape)), shape)
        : engine.tensor(new Float32Array(size(shape)), shape),
    ]),
  );

export type Values = Record<string, Float32Array>;

/** Reads and destroys tensors. */
export async function take(tensors: Tensors): Promise<Values> {
  const reads = Object.entries(tensors).map(async ([name, tensor]) => {
    const values = (await tensor.read()) as Float32Array;
    tensor.destroy();
    return [name, values] as const;
  });
  return Object.fromEntries(await Promise.all(reads));
}

/**
 * Does the same with each, a few at a time: a wait for results takes longer than most work. What comes
 * back is in the order of the items.
 */
export async function overlapped<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  atATime = 4,
): Promise<R[]> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    begun.push(work(item));
    await begun[begun.length - atATime];
  }
  return Promise.all(begun);
}

export function destroyAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.destroy();
}

/** Where two results first differ in their bits, in words; undefined where they agree. */
export function difference(actual: Values, expected: Values): string | undefined {
  for (const [name, wanted] of Object.entries(expected)) {
    const got = actual[name];
    if (got?.length !== wanted.length)
      return `${name} has ${got?.length} elements, not ${wanted.length}`;
    const [a, b] = [bits(got), bits(wanted)];
    const i = a.findIndex((word, k) => word !== b[k]);
    if (i >= 0) return `${name}[${i}] of ${wanted.length} is ${got[i]}, not ${wanted[i]}`;
  }
  return undefined;
}

export const bits = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);
