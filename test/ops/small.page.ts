import { sharedEngine } from '../../conformance/engine';
import { logits, normal } from '../../conformance/random';
import {
  argmax,
  crossEntropyGrad,
  crossEntropyWithGrad,
  type Engine,
  type GpuTensor,
  linearCrossEntropy,
  logSoftmax,
  logSumExp,
  logSumExpVjp,
  prepare,
  sample,
  softmax,
  type Targets,
  topK,
} from '../../src/index';
import { destroyAll, difference, type Tensors, take } from './calls';

/** Where a call goes, and its small arguments: tensors, or the same from the host. */
type Options = { encoder?: GPUCommandEncoder; pass?: GPUComputePassEncoder };
// biome-ignore lint/suspicious/noExplicitAny: the types of small arguments are those of their call
type Small = any;

interface Pair {
  readonly label: string;
  readonly onGpu: GpuTensor;
  readonly onHost: Small;
  call(small: Small, options: Options): Tensors;
}

const [ROWS, CLASSES] = [4, 6];
const shape = [ROWS, CLASSES];
const COUNT = ROWS * CLASSES;

/** As this platform has it; with it a Float16Array. */
const halves = (values: readonly number[]): Small[] => {
  const { Float16Array } = globalThis as { Float16Array?: { from(v: readonly number[]): unknown } };
  return Float16Array ? [Float16Array.from(values)] : [];
};

const floatArrays = (values: readonly number[]): Small[] => [
  Float32Array.from(values),
  Float64Array.from(values),
  ...halves(values),
];

const unsignedArrays = (values: readonly number[]): Small[] => [
  Uint8Array.from(values),
  Uint8ClampedArray.from(values),
  Uint16Array.from(values),
  Uint32Array.from(values),
  BigUint64Array.from(values, BigInt),
];

const integerArrays = (values: readonly number[]): Small[] => [
  [...values],
  values.map(BigInt),
  Int8Array.from(values),
  Int16Array.from(values),
  Int32Array.from(values),
  BigInt64Array.from(values, BigInt),
];

function pairsOf(engine: Engine): Pair[] {
  const x = engine.tensor(logits(1, COUNT), shape);
  const pairs: Pair[] = [];
  const add = (
    label: string,
    onGpu: GpuTensor,
    hosts: readonly Small[],
    call: (small: Small, options: Options) => Tensors,
  ) => {
    for (const onHost of hosts) {
      const kind = `${onHost.constructor.name} of ${typeof onHost[0]}s`;
      pairs.push({ label: `${label}: ${kind}`, onGpu, onHost, call });
    }
  };

  const loss = { reduction: 'none' } as const;
  const withGrad = (targets: Targets, options: object) =>
    ({ ...crossEntropyWithGrad(x, targets, { ...loss, ...options }) }) as Tensors;
  for (const [targets, arrays] of [
    [[5, 0, -100, 3], integerArrays],
    [[5, 0, 2, 3], unsignedArrays],
  ] as const) {
    const onGpu = engine.tensor(Int32Array.from(targets), [ROWS]);
    add('class indices', onGpu, arrays(targets), withGrad);
  }
  const shares = Array.from({ length: COUNT }, (_, i) => (i % 5) / 4);
  add('probabilities', engine.tensor(shares, shape), floatArrays(shares), withGrad);
  const weights = [1, 2, 0, 3, 5, 1];
  add(
    'class weights',
    engine.tensor(weights, [CLASSES]),
    [[...weights], ...floatArrays(weights), Uint8Array.from(weights), Int16Array.from(weights)],
    (classWeights, o) => withGrad([5, 0, 2, 3], { ...o, classWeights }),
  );
  const upstream = [2, -1, 0.5, Number.NaN];
  add(
    'lossGrad of each row',
    engine.tensor(upstream, [ROWS]),
    [[...upstream], ...floatArrays(upstream)],
    (lossGrad, o) => withGrad([5, 0, 2, 3], { ...o, lossGrad }),
  );
  add('lossGrad of the mean', engine.tensor([2], []), [[2], Float32Array.of(2)], (lossGrad, o) => ({
    grad: crossEntropyGrad(x, [5, 0, 2, 3], { ...o, lossGrad }),
  }));
  add('dLse', engine.tensor(upstream, [ROWS]), [upstream, ...floatArrays(upstream)], (dLse, o) => ({
    dx: logSumExpVjp(x, dLse, o),
  }));

  const masked = (mask: Small, o: object): Tensors => ({
    softmax: softmax(x, { ...o, mask }),
    lse: logSumExp(x, { ...o, mask }),
    dx: logSumExpVjp(x, [1, 2, 3, 4], { ...o, mask }),
    argmax: argmax(x, { ...o, mask }),
    ...topK(x, 2, { ...o, mask }),
    sample: sample(x, { ...o, mask, seed: 1 }),
    among: sample(x, { ...o, mask, seed: 1, topK: 2 }),
    ...withGrad([5, 0, 2, 3], { ...o, mask }),
  });
  const strided = (mask: Small, o: object): Tensors => ({
    columns: softmax(x, { ...o, mask, axis: 0 }),
  });
  for (const [label, length, on, call] of [
    ['of a row', CLASSES, [CLASSES], masked],
    ['of every element', COUNT, shape, masked],
    ['of a column', ROWS, [ROWS, 1], strided],
  ] as const) {
    const keeps = Array.from({ length }, (_, i) => i % 3 !== 1);
    const asNumbers = keeps.map(Number);
    const boolean = [keeps, Uint8Array.from(asNumbers), Uint32Array.from(asNumbers)];
    add(`mask ${label}`, engine.tensor(Uint32Array.from(asNumbers), on), boolean, call);
    const added = keeps.map((keep, i) => (keep ? i / 8 : -Infinity));
    add(`mask ${label}`, engine.tensor(added, on), [added, ...floatArrays(added)], call);
  }

  const layer = [
    engine.tensor(normal(2, ROWS * 3), [ROWS, 3]),
    engine.tensor(normal(3, 18), [6, 3]),
  ];
  const linear = (targets: Targets, o: object) =>
    ({ ...linearCrossEntropy(layer[0]!, layer[1]!, targets, { ...loss, ...o }) }) as Tensors;
  const targets = [5, 0, -100, 3];
  add('bias', engine.tensor(weights, [CLASSES]), [weights, Float32Array.from(weights)], (bias, o) =>
    linear(targets, { ...o, bias }),
  );
  const batch = [3, 0, 3];
  add(
    'rows',
    engine.tensor(Int32Array.from(batch), [3]),
    [...integerArrays(batch), ...unsignedArrays(batch)],
    (rows, o) => linear(targets, { ...o, rows }),
  );
  add(
    'targets of rows',
    engine.tensor(Int32Array.from(targets), [ROWS]),
    integerArrays(targets),
    (all, o) => linear(all, { ...o, rows: batch }),
  );
  // Two rows at a time: the mask and the probabilities are cut as the rows are.
  const many = [
    engine.tensor(normal(4, ROWS), [ROWS, 1]),
    engine.tensor(normal(5, 2048), [2048, 1]),
  ];
  const inBlocks = (all: Targets, o: object) =>
    ({
      ...linearCrossEntropy(many[0]!, many[1]!, all, { ...o, scratchBytes: 2 ** 14 }),
    }) as Tensors;
  const wide = Array.from({ length: ROWS * 2048 }, (_, i) => (i % 7 ? (i % 16) / 64 : 0));
  const wideTensor = engine.tensor(wide, [ROWS, 2048]);
  add('mask of a layer', wideTensor, [wide], (mask, o) => inBlocks(targets, { ...o, mask }));
  add('probabilities of a layer', wideTensor, [Float32Array.from(wide)], inBlocks);
  return pairs;
}

/** Each small argument from the host beside the same as a tensor: where results differ by a bit. */
export async function fromTheHost(how: 'submitted' | 'encoder' | 'pass') {
  const engine = await sharedEngine();
  const problems: string[] = [];
  const pairs = pairsOf(engine);
  const encoder = engine.device.createCommandEncoder();
  const pass = how === 'pass' ? encoder.beginComputePass() : undefined;
  const options = how === 'submitted' ? {} : pass ? { pass } : { encoder };
  const waiting: { label: string; expected: Tensors; results: Tensors }[] = [];
  for (const { label, onGpu, onHost, call } of pairs) {
    const expected = call(onGpu, {});
    try {
      waiting.push({ label, expected, results: call(onHost, options) });
      // Whoever calls has its array again.
      onHost.fill(onHost[0]);
    } catch (error) {
      problems.push(`${label}: ${error}`);
    }
  }
  pass?.end();
  if (how !== 'submitted') engine.device.queue.submit([encoder.finish()]);
  for (const { label, expected, results } of waiting) {
    const differs = difference(await take(results), await take(expected));
    if (differs) problems.push(`${label}: ${differs}`);
    destroyAll(results);
    destroyAll(expected);
  }
  await engine.done();
  return { count: pairs.length, problems };
}

/** Calls with arrays that are prepared, and how many kernels are compiled when they are made. */
export async function prepared(): Promise<number> {
  const engine = await sharedEngine({ adapterClass: 'gpu' });
  const x = { shape: [3, 17] };
  const [mask, weights] = [Array.from({ length: 17 }, (_, i) => i > 3), new Float32Array(17)];
  await prepare(engine, [
    [logSoftmax, x, { mask }],
    [crossEntropyWithGrad, x, [0n, 1n, 2n], { classWeights: weights, labelSmoothing: 0.5 }],
  ]);
  const { device } = engine;
  let compiled = 0;
  const create = device.createComputePipeline.bind(device);
  device.createComputePipeline = (descriptor) => {
    compiled++;
    return create(descriptor);
  };
  const tensor = engine.tensor(logits(1, 51), [3, 17]);
  logSoftmax(tensor, { mask });
  crossEntropyWithGrad(tensor, [0, 1, 2], { classWeights: weights, labelSmoothing: 0.5 });
  device.createComputePipeline = create;
  await engine.done();
  return compiled;
}
