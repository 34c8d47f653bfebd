/** Rows without an element: an axis of length 0. */

import { sharedEngine } from '../../conformance/engine';
import { subgroupsOf, takes } from '../../conformance/matrix';
import {
  argmax,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  cutoff,
  type Engine,
  type GpuTensor,
  type HighPrecision,
  high,
  linearCrossEntropy,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  type RegimeName,
  sample,
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
  topK,
} from '../../src/index';
import * as reference from '../../src/reference';
import { regimeNames } from '../../src/rows/regimes';
import { size } from './calls';

type Results = Record<
  string,
  { readonly shape: readonly number[]; readonly data: ArrayLike<number> }
>;

const poison = (engine: Engine, shape: readonly number[]) =>
  engine.tensor(new Float32Array(size(shape)).fill(7), shape);

const without = (shape: readonly number[], axis: number) => shape.filter((_, d) => d !== axis);

/** What every operation gives, into tensors that held something else; recorded if `encoder`. */
function call(
  engine: Engine,
  shape: readonly number[],
  axis: number,
  more: { regime?: RegimeName; encoder?: GPUCommandEncoder; precision?: HighPrecision },
): Record<string, GpuTensor> {
  const { precision, ...rest } = more;
  const options = { axis, ...rest };
  // No byte of it can be bound.
  const buffer = engine.device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
  const x = engine.wrap(buffer, shape, { byteOffset: 4 });
  const y = engine.wrap(buffer, shape, { byteOffset: 4, dtype: 'f16' });
  const rows = without(shape, axis);
  const ones = engine.tensor(new Float32Array(size(rows)).fill(1), rows);
  const out = poison(engine, rows);
  const loss = poison(engine, []);
  const perRow = poison(engine, rows);
  const both = { loss: perRow, logSumExp: poison(engine, rows) };
  const weights = { classWeights: engine.tensor([], [0]), labelSmoothing: 0.1, zLoss: 1 };
  logSumExp(x, { ...options, precision, mask: engine.wrap(buffer, shape), out });
  crossEntropy(x, y, { ...options, ...weights, reduction: 'none', out: both });
  const mean = crossEntropyWithGrad(x, x, { ...options, precision, out: { loss } });
  const sum = crossEntropy(x, x, { ...options, reduction: 'sum', emptyRows: 'zero' });
  return {
    softmax: softmax(x, { ...options, precision, mask: engine.tensor([1], [1]) }),
    logSoftmax: logSoftmax(x, { ...options, out: x }),
    logSumExp: out,
    softmaxVjp: softmaxVjp(x, y, options),
    softmaxJvp: softmaxJvp(x, x, options),
    logSoftmaxVjp: logSoftmaxVjp(x, x, options),
    logSoftmaxJvp: logSoftmaxJvp(x, x, options),
    logSumExpVjp: logSumExpVjp(x, ones, options),
    softmaxJacobian: softmaxJacobian(x, { axis }),
    'losses a row': perRow,
    'their logSumExp': both.logSumExp,
    mean: loss,
    'gradient of the mean': mean.grad,
    sum: sum.loss,
  };
}

/** The same by the reference. */
function expected(shape: readonly number[], axis: number): Results {
  const x = { data: new Float32Array(0), shape };
  const rows = without(shape, axis);
  const ones = { data: new Float32Array(size(rows)).fill(1), shape: rows };
  const o = { axis };
  const { loss, logSumExp } = reference.crossEntropy(x, x, { ...o, reduction: 'none' });
  const mean = reference.crossEntropyWithGrad(x, x, o);
  return {
    softmax: reference.softmax(x, o),
    logSoftmax: reference.logSoftmax(x, o),
    logSumExp: reference.logSumExp(x, o),
    softmaxVjp: reference.softmaxVjp(x, x, o),
    softmaxJvp: reference.softmaxJvp(x, x, o),
    logSoftmaxVjp: reference.logSoftmaxVjp(x, x, o),
    logSoftmaxJvp: reference.logSoftmaxJvp(x, x, o),
    logSumExpVjp: reference.logSumExpVjp(x, ones, o),
    softmaxJacobian: reference.softmaxJacobian(x, o),
    'losses a row': loss,
    'their logSumExp': logSumExp,
    mean: mean.loss,
    'gradient of the mean': mean.grad,
    sum: reference.crossEntropy(x, x, { ...o, reduction: 'sum' }).loss,
  };
}

const textOf = (shape: readonly number[], data: ArrayLike<number>) =>
  `[${shape.join(', ')}]: ${Array.from(data).join(', ')}`;

/** What the reference gives, in words, and what is other on the GPU: in every regime, and recorded. */
export async function everyOperation(shape: readonly number[], axis: number) {
  const engine = await sharedEngine();
  const wanted = Object.fromEntries(
    Object.entries(expected(shape, axis)).map(([n, { shape, data }]) => [n, textOf(shape, data)]),
  );
  const problems: string[] = [];
  const compare = async (how: string, results: Record<string, GpuTensor>) => {
    for (const [name, tensor] of Object.entries(results)) {
      // Nothing can be read of what was wrapped without COPY_SRC, and nothing is there.
      const got = textOf(tensor.shape, await tensor.read());
      if (got !== wanted[name]) problems.push(`${how}: ${name} ${got}`);
    }
  };
  const subgroups = subgroupsOf(engine.device);
  const strided = shape.slice(axis + 1).some((n) => n !== 1);
  for (const regime of regimeNames.filter((name) => takes(name, 0, strided, subgroups))) {
    await compare(regime, call(engine, shape, axis, { regime }));
  }
  await compare('high', call(engine, shape, axis, { precision: high }));
  const encoder = engine.device.createCommandEncoder();
  const recorded = call(engine, shape, axis, { encoder });
  engine.device.queue.submit([encoder.finish()]);
  await compare('recorded', recorded);
  await engine.done();
  return { wanted, problems };
}

/** What is said where an element would have to be taken. */
export async function refusals(): Promise<Record<string, string>> {
  const engine = await sharedEngine();
  const x = engine.tensor([], [3, 0]);
  const none = engine.tensor([], [0, 0]);
  const said = (work: () => unknown) => {
    try {
      work();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const host = { data: new Float32Array(0), shape: [3, 0] };
  const classes = { data: Int32Array.of(0, 0, 0), shape: [3] };
  return {
    argmax: said(() => argmax(x)),
    'argmax of no rows': said(() => argmax(none)),
    topK: said(() => topK(x, 1)),
    cutoff: said(() => cutoff(x)),
    sample: said(() => sample(x, { seed: 1 })),
    'class indices': said(() => crossEntropy(x, [0, 0, 0])),
    'all ignored': said(() => crossEntropyGrad(x, [-100, -100, -100])),
    'class indices on the GPU': said(() => crossEntropy(x, engine.tensor(new Int32Array(3), [3]))),
    'no rows either': said(() => crossEntropy(none, [])),
    linearCrossEntropy: said(() =>
      linearCrossEntropy(engine.tensor([1, 2], [1, 2]), engine.tensor([], [0, 2]), [0]),
    ),
    'reference topK': said(() => reference.topK(host, 1)),
    'reference sample': said(() => reference.sample(host, { seed: 1 })),
    'reference crossEntropy': said(() => reference.crossEntropy(host, classes)),
  };
}
