/**
 * The cases that kernels are held to: one operation on one seeded input with some options, forced
 * onto a regime or left to the planner. A case is plain JSON, so a failed one can be run again.
 */
import { fromHalves, toHalves } from '../../src/gpu/half';
import type { GpuTensor, RegimeName, Softmax } from '../../src/index';
import type { HostTensor, Reference } from '../../src/reference';
import * as reference from '../../src/reference';
import { logits, normal, Random } from './random';
import { narrowHuge, plantSpecials } from './special';

export const testOps = [
  'softmax',
  'logSoftmax',
  'logSumExp',
  'softmaxVjp',
  'softmaxJvp',
  'logSoftmaxVjp',
  'logSoftmaxJvp',
  'logSumExpVjp',
  'softmaxJacobian',
  'crossEntropy',
  'crossEntropyGrad',
  'crossEntropyWithGrad',
] as const;
export type TestOp = (typeof testOps)[number];

export interface Case {
  readonly op: TestOp;
  readonly shape: readonly number[];
  readonly axis?: number;
  readonly seed: number;
  readonly regime?: RegimeName;
  /** Where inputs and outputs start in their buffers. */
  readonly byteOffset?: number;
  /** Write over the first input. */
  readonly inPlace?: boolean;
  /**
   * Row data stored as f16: x, the first input; v, the second of its shape; y, the result of its
   * shape.
   */
  readonly f16?: readonly ('x' | 'v' | 'y')[];
  /** Special values in the rows of the last axis, which must be the case's. */
  readonly special?: boolean;
  readonly scale?: number;
  readonly precision?: 'high';
  readonly mask?: 'additive' | 'boolean' | 'causal';
  /** Dimensions in which the mask is broadcast, as booleans; default: none. */
  readonly broadcast?: readonly boolean[];
  readonly emptyRows?: 'nan' | 'zero';
  /** Cross-entropy: class indices (default), or probabilities. */
  readonly targets?: 'index' | 'probabilities';
  readonly labelSmoothing?: number;
  readonly zLoss?: number;
  readonly weights?: boolean;
  readonly ignore?: boolean;
  readonly reduction?: 'mean' | 'sum' | 'none';
  readonly lossGrad?: 'number' | 'tensor';
}

/** The inputs of a case on the host, by the name of the argument, the first one first. */
export type Inputs = Record<string, HostTensor & { data: Float32Array | Int32Array | Uint32Array }>;
type References = Record<string, Reference>;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const tensor = (data: Float32Array, shape: readonly number[]) => ({ data, shape });

/** The shape of one value a row. */
function rowShape({ shape, axis = -1 }: Case): number[] {
  const a = axis < 0 ? axis + shape.length : axis;
  return [...shape.slice(0, a), ...shape.slice(a + 1)];
}

/** The seeded inputs of a case. */
export function makeInputs(c: Case): Inputs {
  const inputs = makePlainInputs(c);
  if (c.special && inputs.y) {
    const length = c.shape.at(-1)!;
    plantSpecials(inputs.y.data as Float32Array, length, { huge: false });
    // Each row of the second tensor is of another kind than the first one's.
    const { pushed } = inputs;
    if (pushed) plantSpecials(pushed.data as Float32Array, length, { huge: false, first: 5 });
  }
  for (const name of halfInputs(c, inputs)) {
    inputs[name] = { ...inputs[name]!, data: rounded(inputs[name]!.data as Float32Array) };
  }
  return inputs;
}

/** Names of the inputs that are stored as f16. */
export function halfInputs({ f16 = [], targets }: Case, inputs: Inputs): string[] {
  const second = inputs.pushed ? 'pushed' : targets === 'probabilities' ? 'targets' : undefined;
  return [
    ...(f16.includes('x') ? [Object.keys(inputs)[0]!] : []),
    ...(f16.includes('v') && second ? [second] : []),
  ];
}

/** Numbers as f16 holds them; what is finite stays finite. */
function rounded(data: Float32Array): Float32Array {
  const most = (v: number) => (Math.abs(v) < Infinity ? Math.max(-65504, Math.min(v, 65504)) : v);
  return fromHalves(toHalves(data.map(most)).subarray(0, data.length));
}

function makePlainInputs(c: Case): Inputs {
  const { op, shape, axis = -1, seed } = c;
  const n = size(shape);
  const x = tensor(logits(seed, n), shape);
  const isLogits = !/(Vjp|Jvp|Jacobian)$/.test(op) || op === 'logSumExpVjp';
  if (c.special && isLogits) plantSpecials(x.data, shape.at(-1)!, { huge: op !== 'logSumExpVjp' });
  const pushed = tensor(normal(seed + 1, n), shape);
  const f32 = ({ data }: Reference) => Float32Array.from(data);
  const options = forward(c);
  switch (op) {
    case 'softmax':
    case 'logSoftmax':
    case 'logSumExp':
      return { x, ...maskInput(c) };
    case 'softmaxVjp':
    case 'softmaxJvp':
      return { y: tensor(f32(reference.softmax(x, { axis })), shape), pushed };
    case 'softmaxJacobian':
      return { y: tensor(f32(reference.softmax(x, { axis })), shape) };
    case 'logSoftmaxVjp':
    case 'logSoftmaxJvp':
      return { y: tensor(f32(reference.logSoftmax(x, { axis })), shape), pushed };
    case 'logSumExpVjp': {
      const inputs: Inputs = { x, ...maskInput(c) };
      const lse = f32(reference.logSumExp(x, { ...options, ...maskOption(c, inputs.mask) }));
      const rows = rowShape(c);
      return {
        ...inputs,
        lse: tensor(lse, rows),
        dLse: tensor(normal(seed + 1, size(rows)), rows),
      };
    }
    default:
      return { x, ...crossEntropyInputs(c), ...maskInput(c) };
  }
}

function crossEntropyInputs(c: Case): Inputs {
  const { shape, axis = -1, seed } = c;
  const random = new Random(seed + 2);
  const rows = rowShape(c);
  const count = size(rows);
  const classes = shape.at(axis)!;
  const inputs: Inputs = {};
  if (c.targets === 'probabilities') {
    const y = reference.softmax(tensor(logits(seed + 3, size(shape)), shape), { axis });
    inputs.targets = tensor(Float32Array.from(y.data), shape);
  } else {
    const ignored = () => (c.ignore && random.uniform() < 0.2 ? -100 : random.integer(classes));
    inputs.targets = { data: Int32Array.from({ length: count }, ignored), shape: rows };
  }
  if (c.weights) {
    const weight = () => random.uniform(0.5, 2);
    inputs.classWeights = tensor(Float32Array.from({ length: classes }, weight), [classes]);
  }
  if (c.lossGrad === 'tensor') {
    const perRow = c.reduction === 'none';
    inputs.lossGrad = tensor(normal(seed + 4, perRow ? count : 1), perRow ? rows : []);
  }
  return inputs;
}

function maskInput(c: Case): Inputs {
  if (c.mask === undefined || c.mask === 'causal') return {};
  const shape = c.shape.map((n, d) => (c.broadcast?.[d] ? 1 : n));
  const random = new Random(c.seed + 5);
  const n = size(shape);
  if (c.mask === 'boolean') {
    const keep = () => Number(random.uniform() < 0.8);
    return { mask: { data: Uint32Array.from({ length: n }, keep), shape } };
  }
  const value = () => (random.uniform() < 0.2 ? Number.NEGATIVE_INFINITY : random.uniform(-2, 2));
  return { mask: tensor(Float32Array.from({ length: n }, value), shape) };
}

const maskOption = (c: Case, mask: HostTensor | undefined) => ({
  ...(mask && { mask }),
  ...(c.mask === 'causal' && { mask: 'causal' as const }),
});

/** Options that are the same for the GPU and for the reference. */
function forward({ axis = -1, scale, emptyRows, precision }: Case) {
  return {
    axis,
    ...(scale !== undefined && { scale }),
    ...(emptyRows && { emptyRows }),
    ...(precision && { precision }),
  };
}

function lossOptions(c: Case) {
  const { labelSmoothing, zLoss, reduction, lossGrad } = c;
  return {
    ...forward(c),
    ...(labelSmoothing !== undefined && { labelSmoothing }),
    ...(zLoss !== undefined && { zLoss }),
    ...(reduction && { reduction }),
    ...(lossGrad === 'number' && { lossGrad: 0.3 }),
  };
}

const isLoss = (op: TestOp) => op.startsWith('crossEntropy');

/** What the operation must give, by the name of each result. */
export function makeReferences(c: Case, inputs: Inputs): References {
  const references = makeWideReferences(c, inputs);
  if (c.special && inputs.x && c.op !== 'logSumExpVjp' && c.mask !== 'additive') {
    const x = inputs.x.data as Float32Array;
    for (const wide of Object.values(references)) {
      narrowHuge(wide, x, c.shape.at(-1)!, Math.fround(c.scale ?? 1));
    }
  }
  for (const name of halfResults(c)) references[name] = reference.asHalf(references[name]!);
  return references;
}

/** Names of the results that are stored as f16. */
export function halfResults({ op, f16 }: Case): string[] {
  const name = { logSumExp: '', crossEntropy: '' }[op as string] ?? inPlaceResult(op);
  return f16?.includes('y') && name ? [name] : [];
}

function makeWideReferences(c: Case, i: Inputs): References {
  const o = { ...forward(c), ...maskOption(c, i.mask) };
  switch (c.op) {
    case 'softmax':
    case 'logSoftmax':
    case 'logSumExp':
      return { out: reference[c.op](i.x!, o) };
    case 'softmaxVjp':
    case 'softmaxJvp':
    case 'logSoftmaxVjp':
    case 'logSoftmaxJvp':
      return { out: reference[c.op](i.y!, i.pushed!, forward(c)) };
    case 'softmaxJacobian':
      return { out: reference.softmaxJacobian(i.y!, forward(c)) };
    case 'logSumExpVjp':
      return { out: reference.logSumExpVjp(i.x!, i.lse!, i.dLse!, o) };
    default: {
      const options = {
        ...lossOptions(c),
        ...maskOption(c, i.mask),
        ...(i.classWeights && { classWeights: i.classWeights }),
        ...(i.lossGrad && { lossGrad: i.lossGrad }),
      };
      if (c.op === 'crossEntropyGrad') {
        return { grad: reference.crossEntropyGrad(i.x!, i.targets!, options) };
      }
      if (c.op === 'crossEntropy') {
        const { loss, logSumExp } = reference.crossEntropy(i.x!, i.targets!, options);
        return { loss, logSumExp };
      }
      const { loss, grad } = reference.crossEntropyWithGrad(i.x!, i.targets!, options);
      return { loss, grad };
    }
  }
}

/** Runs the operation; results by the name that `makeReferences` gives them. */
export function runOp(
  sm: Softmax,
  c: Case,
  t: Record<string, GpuTensor>,
  outs: Record<string, GpuTensor>,
): void {
  const mask = c.mask === 'causal' ? ('causal' as const) : t.mask;
  const regime = c.regime && { regime: c.regime };
  const o = { ...forward(c), ...regime, ...(mask && { mask }) };
  const out = outs.out!;
  switch (c.op) {
    case 'softmax':
    case 'logSoftmax':
    case 'logSumExp':
      sm[c.op](t.x!, { ...o, out });
      return;
    case 'softmaxVjp':
    case 'softmaxJvp':
    case 'logSoftmaxVjp':
    case 'logSoftmaxJvp':
      sm[c.op](t.y!, t.pushed!, { ...forward(c), ...regime, out });
      return;
    case 'softmaxJacobian':
      sm.softmaxJacobian(t.y!, { ...forward(c), out });
      return;
    case 'logSumExpVjp':
      sm.logSumExpVjp(t.x!, t.lse!, t.dLse!, { ...o, out });
      return;
    default: {
      const options = {
        ...lossOptions(c),
        ...regime,
        ...(mask && { mask }),
        ...(t.classWeights && { classWeights: t.classWeights }),
        ...(t.lossGrad && { lossGrad: t.lossGrad }),
      };
      const { loss, logSumExp, grad } = outs;
      if (c.op === 'crossEntropy') {
        sm.crossEntropy(t.x!, t.targets!, {
          ...options,
          out: { loss: loss!, logSumExp: logSumExp! },
        });
      } else if (c.op === 'crossEntropyGrad') {
        sm.crossEntropyGrad(t.x!, t.targets!, { ...options, out: grad! });
      } else {
        sm.crossEntropyWithGrad(t.x!, t.targets!, {
          ...options,
          out: { loss: loss!, grad: grad! },
        });
      }
    }
  }
}

/** The result that may take the place of the first input. */
export const inPlaceResult = (op: TestOp) => (isLoss(op) ? 'grad' : 'out');

/** A case in one line. */
export function describeCase({ op, shape, ...rest }: Case): string {
  const options = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `${op} [${shape.join(', ')}] ${options.join(', ')}`;
}
