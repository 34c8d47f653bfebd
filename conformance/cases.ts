/**
 * The cases that kernels are held to: one operation on one seeded input with some options, forced
 * onto a regime or left to the planner. A case is plain JSON, so a failed one can be run again.
 */
import { fromHalves, toHalves } from '../src/gpu/half';
import type * as library from '../src/index';
import type { GpuTensor, HighPrecision, LinearResult, RegimeName } from '../src/index';
import type { HostTensor, Reference } from '../src/reference';
import * as reference from '../src/reference';
import {
  byName,
  isRowOp,
  type Layout,
  operations,
  outOf,
  type Role,
  type RowOp,
  rowOps,
  takes,
} from './operations';
import { type OtherOp, otherOps, others } from './other-ops';
import { logits, normal, Random } from './random';
import { narrowHuge, plantSpecials } from './special';

/** Every operation. */
export const testOps: readonly (RowOp | OtherOp)[] = [...rowOps, ...otherOps];
export type TestOp = RowOp | OtherOp;

/** The functions of one copy of the library. */
export type Library = typeof library;

export interface Case extends CaseOptions {
  readonly op: TestOp;
  readonly shape: readonly number[];
  readonly seed: number;
}

export interface CaseOptions {
  readonly axis?: number;
  readonly regime?: RegimeName;
  /** Where inputs and outputs start in their buffers; what is not f16 at the next multiple of 4. */
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
  /** Every row is the first: what errs one way in one row does in all. */
  readonly equalRows?: boolean;
  readonly scale?: number;
  readonly precision?: 'high';
  readonly mask?: 'additive' | 'boolean' | 'bits' | 'causal';
  /** Dimensions in which the mask is broadcast, as booleans; default: none. */
  readonly broadcast?: readonly boolean[];
  readonly emptyRows?: 'nan' | 'zero';
  /** Options that are the operation's own, of the library and of the reference. */
  readonly own?: Readonly<Record<string, unknown>>;
  /** Cross-entropy: class indices (default), or probabilities. */
  readonly targets?: 'index' | 'probabilities';
  readonly labelSmoothing?: number;
  readonly zLoss?: number;
  readonly weights?: boolean;
  readonly ignore?: boolean;
  /** Some class indices, and numbers of picked rows, are out of range. */
  readonly outside?: boolean;
  readonly reduction?: 'mean' | 'sum' | 'none';
  readonly lossGrad?: 'number' | 'tensor';
  /** topK: how many, default 3; sample: among how many, default all. The row's length at most. */
  readonly k?: number;
  readonly values?: 'logits' | 'probabilities' | 'logProbabilities' | 'renormalized';
  readonly draws?: number;
  readonly rowOffset?: number;
  /** sample: temperature 0. */
  readonly greedy?: boolean;
  /** argmax, topK, sample: a bias, and penalties in one of their orders. */
  readonly adjust?: readonly ('bias' | 'repetition-first' | 'additive-first')[];
  /** linearCrossEntropy, whose logits have the case's shape: columns of x, default 5. */
  readonly depth?: number;
  readonly bias?: boolean;
  /** The batch is picked from twice as many rows. */
  readonly picked?: boolean;
  readonly wants?: readonly LinearResult[];
  readonly scratchBytes?: number;
  /** sgdStep: with a velocity. */
  readonly momentum?: number;
  /** sgdStep, adamStep. */
  readonly weightDecay?: number;
  /** adamStep. */
  readonly decoupled?: boolean;
}

/** The inputs of a case on the host, by the name of the argument, the first one first. */
export type Inputs = Record<string, HostTensor & { data: Float32Array | Int32Array | Uint32Array }>;
export type References = Record<string, Reference>;

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
  if (c.equalRows) {
    for (const { data } of [inputs.x!, inputs.targets!]) {
      const each = data.length / c.shape[0]!;
      for (let at = each; at < data.length; at += each) data.copyWithin(at, 0, each);
    }
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
  const { op, shape } = c;
  const x = tensor(logits(c.seed, size(shape)), shape);
  const isLogits = !isRowOp(op) || takes(op, 'x');
  if (c.special && isLogits) plantSpecials(x.data, shape.at(-1)!, { huge: true });
  if (!isRowOp(op)) {
    const targets = isLoss(op) ? crossEntropyInputs(c) : {};
    return others[op].inputs(c, { x, mask: maskInput(c), targets });
  }
  const roles: readonly Role[] = Object.values(operations[op].takes);
  const inputs = roles.map((role) => makeInput[role](c, x));
  return Object.assign({}, ...inputs, takes(op, 'x') ? maskInput(c) : {});
}

/** The inputs of each role. */
const makeInput: Record<Role, (c: Case, x: Inputs[string]) => Inputs> = {
  x: (_, x) => ({ x }),
  y: ({ shape, axis = -1 }, x) => {
    const { data } = reference.softmax(x, { axis });
    return { y: tensor(Float32Array.from(data), shape) };
  },
  logY: ({ shape, axis = -1 }, x) => {
    const { data } = reference.logSoftmax(x, { axis });
    return { y: tensor(Float32Array.from(data), shape) };
  },
  v: ({ seed, shape }) => ({ pushed: tensor(normal(seed + 1, size(shape)), shape) }),
  dLse: (c) => {
    const rows = rowShape(c);
    const dLse = tensor(normal(c.seed + 1, size(rows)), rows);
    if (c.special) {
      // An empty row's, and of two healthy ones.
      dLse.data[2] = -Infinity;
      dLse.data[5] = NaN;
      dLse.data[12] = Infinity;
    }
    return { dLse };
  },
  targets: (c) => crossEntropyInputs(c),
};

/** What is positional of a case's tensors: arguments by role. */
const nameOf: Record<Role, string> = {
  x: 'x',
  y: 'y',
  logY: 'y',
  v: 'pushed',
  dLse: 'dLse',
  targets: 'targets',
};
const positional = <T>(op: RowOp, tensors: Record<string, T>): T[] =>
  Object.values(operations[op].takes).map((role) => tensors[nameOf[role]]!);

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
    const index = () => {
      if (c.ignore && random.uniform() < 0.2) return -100;
      if (c.outside && random.uniform() < 0.2)
        return [-1, classes, 2 ** 31 - 1][random.integer(3)]!;
      return random.integer(classes);
    };
    inputs.targets = { data: Int32Array.from({ length: count }, index), shape: rows };
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
  const axis = (c.axis ?? -1) < 0 ? (c.axis ?? -1) + c.shape.length : c.axis!;
  const isBits = c.mask === 'bits';
  const shape = c.shape.map((n, d) => {
    // A word more than is needed now and then, whose bits do not count.
    if (isBits && d === axis) return Math.ceil(n / 32) + (c.seed % 2);
    return c.broadcast?.[d] ? 1 : n;
  });
  const random = new Random(c.seed + 5);
  const n = size(shape);
  if (isBits) {
    const word = () => (random.integer(2 ** 32) | random.integer(2 ** 32)) >>> 0;
    const data = Uint32Array.from({ length: n }, word);
    return { mask: { data: c.seed % 3 ? data : Int32Array.from(data), shape } };
  }
  if (c.mask === 'boolean') {
    const keep = () => Number(random.uniform() < 0.8);
    return { mask: { data: Uint32Array.from({ length: n }, keep), shape } };
  }
  const value = () => (random.uniform() < 0.2 ? Number.NEGATIVE_INFINITY : random.uniform(-2, 2));
  return { mask: tensor(Float32Array.from({ length: n }, value), shape) };
}

const maskOption = <T>(c: Case, mask: T | undefined) => ({
  ...(mask && { mask: c.mask === 'bits' ? { bits: mask } : mask }),
  ...(c.mask === 'causal' && { mask: 'causal' as const }),
});

/** The options of a case with the tensors of either side. */
const optionsOf = <T>(c: Case, tensors: Record<string, T>) => ({
  ...(isLoss(c.op) ? lossOptions(c) : forward(c)),
  ...maskOption(c, tensors.mask),
  ...(tensors.classWeights && { classWeights: tensors.classWeights }),
  ...(tensors.lossGrad && { lossGrad: tensors.lossGrad }),
});

/** Options that are the same for the GPU and for the reference. */
function forward({ axis = -1, scale, emptyRows, precision, own }: Case) {
  return {
    axis,
    ...own,
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

export const isLoss = (op: TestOp): boolean => /crossEntropy/i.test(op);

/** What the operation must give, by the name of each result. */
export function makeReferences(c: Case, inputs: Inputs): References {
  const references = makeWideReferences(c, inputs);
  if (c.special && inputs.x && isRowOp(c.op) && c.mask !== 'additive') {
    const x = inputs.x.data as Float32Array;
    for (const wide of Object.values(references)) {
      narrowHuge(wide, x, c.shape.at(-1)!, Math.fround(c.scale ?? 1));
    }
  }
  for (const name of halfResults(c)) references[name] = reference.convert(references[name]!, 'f16');
  return references;
}

/** Names of the results that are stored as f16. */
function halfResults({ op, f16 }: Case): string[] {
  if (!f16?.includes('y') || !isRowOp(op)) return [];
  return Object.entries(operations[op].gives).flatMap(([name, layout]) =>
    layout === 'tensor' || layout === 'square' ? [name] : [],
  );
}

/** What a result is stored as. */
export function resultDType(c: Case, name: string): 'f32' | 'f16' | 'i32' | 'u32' {
  const isInteger = ['indices', 'kept', 'ranks'].includes(name);
  if (isInteger || (name === 'out' && !isRowOp(c.op))) return 'i32';
  if (name === 'counts') return 'u32';
  return halfResults(c).includes(name) ? 'f16' : 'f32';
}

function makeWideReferences(c: Case, i: Inputs): References {
  if (!isRowOp(c.op)) return others[c.op].references(c, i, optionsOf(c, i));
  const twin = reference[c.op] as (...args: unknown[]) => unknown;
  return byName(c.op, twin(...positional(c.op, i), optionsOf(c, i)));
}

/** Options as the library takes them: the reference knows high precision by its name. */
const forOurs = <O extends { precision?: 'high' }>(
  { high }: Library,
  { precision, ...options }: O,
): Omit<O, 'precision'> & { precision?: HighPrecision } => ({
  ...options,
  ...(precision && { precision: high }),
});

/** Runs the operation; results by the name that `makeReferences` gives them. */
export function runOp(
  library: Library,
  c: Case,
  t: Record<string, GpuTensor>,
  outs: Record<string, GpuTensor>,
): void {
  const options = { ...forOurs(library, optionsOf(c, t)), ...(c.regime && { regime: c.regime }) };
  if (!isRowOp(c.op)) {
    others[c.op].run(library, c, t, outs, options);
    return;
  }
  const call = library[c.op] as (...args: unknown[]) => unknown;
  call(...positional(c.op, t), { ...options, out: outOf(c.op, outs) });
}

/** The input whose place a result takes, if any. */
export function replacedBy({ op, inPlace }: Case, inputs: Inputs, result: string) {
  if (op === 'sgdStep' || op === 'adamStep' || op === 'countTokens') return result;
  const layouts: Record<string, Layout> = isRowOp(op) ? operations[op].gives : {};
  return inPlace && layouts[result] === 'tensor' ? Object.keys(inputs)[0] : undefined;
}

/** A case in one line. */
export function describeCase({ op, shape, ...rest }: Case): string {
  const options = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `${op} [${shape.join(', ')}] ${options.join(', ')}`;
}
