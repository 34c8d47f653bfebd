/** Calls of `linearCrossEntropy` on seeded inputs, held to the reference. */
import {
  createSoftmax,
  type GpuTensor,
  type LinearCrossEntropyOptions,
  type LinearResult,
  type Softmax,
} from '../../src/index';
import * as reference from '../../src/reference';
import { compare } from '../harness/compare';
import { normal, Random, uniform } from '../harness/random';

/** A call, as JSON. */
export interface LinearCase {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly seed?: number;
  readonly product?: 'registers' | 'workgroup';
  readonly options?: Pick<
    LinearCrossEntropyOptions,
    | 'reduction'
    | 'scale'
    | 'labelSmoothing'
    | 'zLoss'
    | 'scratchBytes'
    | 'precision'
    | 'ignoreIndex'
  >;
  readonly targets?: 'indices' | 'probabilities' | 'host';
  readonly bias?: boolean;
  readonly mask?: 'row' | 'classes' | 'causal';
  readonly classWeights?: boolean;
  readonly lossGrad?: 'number' | 'tensor';
  /** The batch is picked from twice as many rows. */
  readonly picked?: boolean;
  readonly wants?: readonly LinearResult[];
}

/** For each result, the largest error as a share of its bound. */
export type Shares = Record<string, number>;

interface Inputs {
  x: reference.HostTensor;
  weight: reference.HostTensor;
  targets: reference.HostTensor;
  options: reference.LinearCrossEntropyOptions;
}

function inputsOf(c: LinearCase): Inputs {
  const { n, d, k, seed = 1, options = {}, targets = 'indices' } = c;
  const random = new Random(seed + 7);
  const rows = c.picked ? 2 * n : n;
  const labels = () => Int32Array.from({ length: rows }, () => random.integer(k));
  const f32 = (data: Float32Array, ...shape: number[]) => ({ data, shape });
  const classes = labels();
  if (options.ignoreIndex !== undefined && n > 1) classes[1] = options.ignoreIndex;
  const masks = {
    row: () => f32(uniform(seed + 3, n * k, -2, 2), n, k),
    classes: () => ({
      data: Uint32Array.from({ length: k }, () => Number(random.uniform() < 0.8)),
      shape: [k],
    }),
    causal: () => 'causal' as const,
  };
  return {
    x: f32(normal(seed, rows * d), rows, d),
    weight: f32(normal(seed + 1, k * d, 2 / Math.sqrt(d)), k, d),
    targets:
      targets === 'probabilities'
        ? f32(uniform(seed + 2, n * k, 0, 2 / k), n, k)
        : { data: classes, shape: [rows] },
    options: {
      ...options,
      ...(c.bias && { bias: f32(normal(seed + 4, k), k) }),
      ...(c.mask && { mask: masks[c.mask]() }),
      ...(c.classWeights && { classWeights: f32(uniform(seed + 5, k, 0.5, 2), k) }),
      ...(c.lossGrad === 'number' && { lossGrad: -1.75 }),
      ...(c.lossGrad === 'tensor' && { lossGrad: f32(normal(seed + 6, n), n) }),
      ...(c.picked && {
        rows: { data: Int32Array.from({ length: n }, () => random.integer(rows)), shape: [n] },
      }),
    },
  };
}

/** Calls it with tensors of the inputs; what it gives is read, and nothing is left on the GPU. */
async function call(sm: Softmax, c: LinearCase, { x, weight, targets, options }: Inputs) {
  const made: GpuTensor[] = [];
  const upload = ({ data, shape }: reference.HostTensor) => {
    const tensor = sm.tensor(data as Float32Array, shape);
    made.push(tensor);
    return tensor;
  };
  const isTensor = (value: unknown): value is reference.HostTensor =>
    typeof value === 'object' && value !== null && 'shape' in value;
  const given = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, isTensor(value) ? upload(value) : value]),
  ) as LinearCrossEntropyOptions;
  const results = sm.linearCrossEntropy(
    upload(x),
    upload(weight),
    c.targets === 'host' ? (targets.data as Int32Array) : upload(targets),
    { ...given, ...(c.wants && { wants: c.wants }), ...(c.product && { product: c.product }) },
  );
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(results)) {
    values[name] = await tensor.read();
    tensor.destroy();
  }
  for (const tensor of made) tensor.destroy();
  return values;
}

let engine: Promise<Softmax> | undefined;
const shared = () => (engine ??= createSoftmax());

/** Each case's shares; a failure is one over 1. */
export async function runLinear(cases: readonly LinearCase[]): Promise<Shares[]> {
  const sm = await shared();
  const all: Shares[] = [];
  for (const c of cases) {
    const inputs = inputsOf(c);
    const values = await call(sm, c, inputs);
    const expected = reference.linearCrossEntropy(
      inputs.x,
      inputs.weight,
      inputs.targets,
      inputs.options,
    );
    all.push(
      Object.fromEntries(
        Object.entries(values).map(([name, actual]) => {
          const { failures, maxShare } = compare(actual, expected[name as 'loss']);
          // Zeros are no result, where anything else is expected.
          const nothing =
            actual.every((v) => v === 0) && expected[name as 'loss'].data.some((v) => v !== 0);
          return [name, failures > 0 || nothing ? Math.max(maxShare, 2) : maxShare];
        }),
      ),
    );
  }
  return all;
}
