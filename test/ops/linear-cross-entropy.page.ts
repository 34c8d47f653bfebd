/** Calls of `linearCrossEntropy` on seeded inputs, held to the reference. */

import { compare } from '../../conformance/compare';
import { sharedDevice, sharedEngine } from '../../conformance/engine';
import { normal, Random, uniform } from '../../conformance/random';
import {
  createEngine,
  type Engine,
  type GpuTensor,
  type LinearCrossEntropyOptions,
  type LinearResult,
  linearCrossEntropy,
  prepare,
  sgdStep,
  type Targets,
} from '../../src/index';
import { canTakeForm, type ProductForm, productForms } from '../../src/product/forms';
import * as reference from '../../src/reference';

/** A call, as JSON. */
export interface LinearCase {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly seed?: number;
  readonly product?: ProductForm;
  readonly options?: Pick<
    LinearCrossEntropyOptions,
    | 'reduction'
    | 'scale'
    | 'labelSmoothing'
    | 'zLoss'
    | 'scratchBytes'
    | 'precision'
    | 'ignoreIndex'
    | 'regime'
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
async function call(engine: Engine, c: LinearCase, { x, weight, targets, options }: Inputs) {
  const made: GpuTensor[] = [];
  const upload = ({ data, shape }: reference.HostTensor) => {
    const tensor = engine.tensor(data as Float32Array, shape);
    made.push(tensor);
    return tensor;
  };
  const isTensor = (value: unknown): value is reference.HostTensor =>
    typeof value === 'object' && value !== null && 'shape' in value;
  const given = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, isTensor(value) ? upload(value) : value]),
  ) as LinearCrossEntropyOptions;
  const results = linearCrossEntropy(
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

/** Which results are not the same, to the bit, where they are written over tensors that hold other values. */
export async function overwritten(cases: readonly LinearCase[]): Promise<string[]> {
  const engine = await sharedEngine();
  const wants = ['logSumExp', 'dX', 'dWeight', 'dBias'] as const;
  const faults: string[] = [];
  for (const c of cases) {
    const { x, weight, targets } = inputsOf(c);
    const [a, b] = [
      engine.tensor(x.data as Float32Array, x.shape),
      engine.tensor(weight.data as Float32Array, weight.shape),
    ];
    const run = (out?: Partial<Record<'loss' | LinearResult, GpuTensor>>) =>
      linearCrossEntropy(a, b, targets.data as Int32Array, {
        ...c.options,
        wants,
        ...(out && { out }),
      });
    const made = run();
    const used = Object.fromEntries(
      Object.entries(made).map(([name, { count, shape }]) => [
        name,
        engine.tensor(new Float32Array(count).fill(7), shape),
      ]),
    );
    run(used);
    for (const [name, tensor] of Object.entries(made)) {
      const [values, again] = [await tensor.read(), await used[name]!.read()];
      if (!same(values, again as Float32Array)) faults.push(`${name} of [${c.n}, ${c.d}, ${c.k}]`);
    }
    for (const tensor of [a, b, ...Object.values(made), ...Object.values(used)]) tensor.destroy();
  }
  return faults;
}

/** Each case's shares; a failure is one over 1. */
export async function runLinear(
  cases: readonly LinearCase[],
  options: { maxStorageBufferBindingSize?: number } = {},
): Promise<Shares[]> {
  const engine = await sharedEngine(options);
  const all: Shares[] = [];
  for (const c of cases) {
    const inputs = inputsOf(c);
    const values = await call(engine, c, inputs);
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

const same = (a: Float32Array, b: Float32Array) =>
  a.length === b.length &&
  new Uint8Array(a.buffer).every((v, i) => v === new Uint8Array(b.buffer)[i]);

/** The forms of the product that this device can take. */
export async function formsHere(): Promise<ProductForm[]> {
  const { device } = await sharedEngine();
  const subgroups = device.features.has('subgroups');
  return productForms.filter((form) => canTakeForm(form, { subgroups }));
}

/** Which results of some forms differ by a bit from those of the first. */
export async function differing(c: LinearCase, forms: readonly ProductForm[]): Promise<string[]> {
  const engine = await sharedEngine();
  const inputs = inputsOf(c);
  const all: Record<string, Float32Array>[] = [];
  for (const product of forms) all.push(await call(engine, { ...c, product }, inputs));
  return all.flatMap((results, i) =>
    Object.entries(results)
      .filter(([name, values]) => !same(values, all[0]![name]!))
      .map(([name]) => `${forms[i]}: ${name}`),
  );
}

/** What is not the same to the bit when a call is repeated, and which rows' dX depend on other rows. */
export async function reproducible(c: LinearCase): Promise<string[]> {
  const engine = await sharedEngine();
  const inputs = inputsOf(c);
  const first = await call(engine, c, inputs);
  const again = await call(engine, c, inputs);
  const faults = Object.keys(first).filter((name) => !same(first[name]!, again[name]!));
  const { n, d } = c;
  for (const row of [0, n - 1]) {
    const alone = await call(engine, c, {
      ...inputs,
      x: { data: (inputs.x.data as Float32Array).slice(row * d, (row + 1) * d), shape: [1, d] },
      targets: { data: (inputs.targets.data as Int32Array).slice(row, row + 1), shape: [1] },
    });
    if (!same(alone.dX!, first.dX!.slice(row * d, (row + 1) * d))) faults.push(`dX of row ${row}`);
  }
  return faults;
}

/** Bytes beyond inputs and outputs that a call takes at the most. */
export async function peakOf(
  n: number,
  d: number,
  k: number,
  scratchBytes: number,
  product: ProductForm = 'workgroup',
): Promise<number> {
  using engine = await createEngine({ device: await sharedDevice() });
  const x = engine.tensor(normal(1, n * d), [n, d]);
  const weight = engine.tensor(normal(2, k * d), [k, d]);
  const targets = engine.tensor(new Int32Array(n), [n]);
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const out = { loss: zeros(), dX: zeros(n, d) };
  const { bytes } = engine.memory;
  linearCrossEntropy(x, weight, targets, {
    out,
    wants: ['dX'],
    scratchBytes,
    product,
  });
  await engine.done();
  return engine.memory.peakBytes - bytes;
}

/** A row that is not there, no rows at all, and a call recorded into an encoder; faults in words. */
export async function edges(): Promise<string[]> {
  const engine = await sharedEngine();
  const faults: string[] = [];
  const expect = (what: string, ok: boolean) => {
    if (!ok) faults.push(what);
  };
  const x = engine.tensor(normal(1, 12), [4, 3]);
  const weight = engine.tensor(normal(2, 15), [5, 3]);
  const targets = engine.tensor(Int32Array.of(0, 1, 2, 3), [4]);
  const wants = ['logSumExp', 'dX', 'dWeight', 'dBias'] as const;
  const rows = engine.tensor(Int32Array.of(3, 4, -1, 0), [4]);
  const none = { wants, reduction: 'none' } as const;

  const picked = linearCrossEntropy(x, weight, targets, { ...none, rows });
  const loss = await picked.loss.read();
  expect(
    'a row that is not there has a NaN loss',
    Number.isNaN(loss[1]!) && Number.isNaN(loss[2]!),
  );
  expect('the others have losses', loss[0]! > 0 && loss[3]! > 0);
  const dX = await picked.dX.read();
  expect('it has no gradient', dX.slice(3, 9).every((v) => v === 0) && dX[0] !== 0);
  expect('nor do the weights from it', (await picked.dWeight.read()).every(Number.isFinite));

  const nothing = linearCrossEntropy(engine.tensor([], [0, 3]), weight, Int32Array.of(), { wants });
  expect('a mean of no rows is NaN', Number.isNaN((await nothing.loss.read())[0]!));
  expect(
    'no rows give zeros',
    (await nothing.dWeight.read()).every((v) => v === 0),
  );
  expect(
    'and of the bias',
    (await nothing.dBias.read()).every((v) => v === 0),
  );

  const direct = linearCrossEntropy(x, weight, targets, none);
  const encoder = engine.device.createCommandEncoder();
  const later = linearCrossEntropy(x, weight, targets, { ...none, encoder });
  engine.device.queue.submit([encoder.finish()]);
  for (const name of ['loss', ...wants] as const) {
    expect(`recorded ${name}`, same(await direct[name].read(), await later[name].read()));
  }
  await prepare(engine, [
    [linearCrossEntropy, { shape: [4, 3] }, { shape: [5, 3] }, { shape: [4], dtype: 'i32' }],
    [sgdStep, { shape: [5, 3] }, { shape: [5, 3] }, { learningRate: 1 }],
  ]);
  return faults;
}

/** The messages of calls with a wrong argument, and of one that a device cannot make. */
export async function refused(): Promise<string[]> {
  const engine = await sharedEngine();
  const x = engine.tensor(normal(1, 12), [4, 3]);
  const weight = engine.tensor(normal(2, 15), [5, 3]);
  const targets = engine.tensor(Int32Array.of(0, 1, 2, 3), [4]);
  using least = await createEngine({ device: engine.device, maxStorageBufferBindingSize: 8192 });
  const tooLarge = () => {
    const [row, classes] = [least.tensor([1], [1, 1]), least.tensor(normal(1, 3000), [3000, 1])];
    try {
      linearCrossEntropy(row, classes, [0]);
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  const bad = (options: object, a = x, b = weight, t: Targets = targets) => {
    try {
      linearCrossEntropy(a, b, t, options);
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  return [
    bad({}, engine.tensor(normal(1, 12), [3, 4])),
    bad({}, engine.tensor(normal(1, 12), [12])),
    bad({ bias: engine.tensor([1], [1]) }),
    bad({ wants: ['dY'] }),
    bad({ wants: 'dX' }),
    bad({ scratchBytes: 1024 }),
    bad({ product: 'tensor cores' }),
    bad({ bias: [1, 2, 3, 4] }),
    bad({ rows: [0] }, x, weight, new Float32Array(5)),
    bad(
      { rows: engine.tensor(Int32Array.of(0), [1]) },
      x,
      weight,
      engine.tensor(normal(1, 5), [1, 5]),
    ),
    bad({ rows: [0, 1, 4] }),
    bad({ rows: new BigInt64Array([-1n]) }),
    bad({ rows: Float32Array.of(0) }),
    bad({ rows: 0 }),
    bad({ rows: [0] }, x, weight, [0]),
    bad({ out: { dY: x } }),
    bad({}, x, weight, engine.tensor(Int32Array.of(0), [1])),
    bad({ out: { dX: x } }),
    bad({ wants: ['dX'], out: { dWeight: x } }),
    tooLarge(),
  ];
}
