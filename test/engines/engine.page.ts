/** What one engine says of itself, and what it computes, for a comparison with another one. */

import {
  type Case,
  halfInputs,
  makeInputs,
  makeReferences,
  replacedBy,
  resultDType,
  runOp,
} from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { sharedDevice, sharedEngine } from '../../conformance/engine';
import { kernels } from '../../conformance/matrix';
import { uniform } from '../../conformance/random';
import { specialRows } from '../../conformance/special';
import * as library from '../../src/index';
import { type Engine, type GpuTensor, softmax } from '../../src/index';
import { ulp } from '../../src/reference/bounds';
import { bits } from '../ops/calls';
import code from './probe.wgsl';

/** One result of one operation. */
export interface Computed {
  readonly name: string;
  readonly maxUlp: number;
  readonly maxShare: number;
  /** Of each element. */
  readonly bits: readonly number[];
}

const half = (kernel: Omit<Case, 'shape' | 'seed'>): Case => ({
  ...kernel,
  f16:
    kernel.targets === 'probabilities' || /^soft.*[VJ]/.test(kernel.op)
      ? ['x', 'v', 'y']
      : ['x', 'y'],
  shape: [16, 64],
  seed: 64,
});

/** Every kernel in one regime, so that both engines are given the same shader. */
const finiteCases: readonly Case[] = [
  ...[...kernels, { op: 'softmaxJvp' } as const].map(
    (kernel): Case => ({
      ...kernel,
      shape: [16, 1000],
      seed: 1,
      regime: 'row-per-invocation',
    }),
  ),
  { op: 'softmaxJacobian', shape: [16, 64], seed: 1 },
  { op: 'softmax', precision: 'high', shape: [16, 1000], seed: 1, regime: 'row-per-invocation' },
  { op: 'argmax', shape: [16, 1000], seed: 1 },
  { op: 'topK', values: 'probabilities', shape: [16, 1000], k: 50, seed: 1 },
  { op: 'sample', shape: [16, 1000], draws: 500, seed: 1 },
  { op: 'linearCrossEntropy', shape: [64, 1000], depth: 64, bias: true, seed: 1 },
  { op: 'sgdStep', shape: [16, 1000], momentum: 0.9, seed: 1 },
  { op: 'adamStep', shape: [16, 1000], weightDecay: 0.1, seed: 1 },
  half({ op: 'softmax' }),
  half({ op: 'softmaxVjp' }),
];

/** Through the type f16, where the device has `shader-f16`; elsewhere halves are packed. */
const typedCases: readonly Case[] = [
  half({ op: 'softmax' }),
  half({ op: 'softmaxVjp' }),
  half({ op: 'logSumExpVjp' }),
];

const specialCases: readonly Case[] = [
  ...kernels,
  { op: 'argmax' } as const,
  { op: 'topK', k: 64 } as const,
  { op: 'topK', k: 64, values: 'probabilities' } as const,
].flatMap((kernel) =>
  ([{}, { emptyRows: 'zero' }] as const).map(
    (options): Case => ({
      ...kernel,
      ...options,
      ...(kernel.op.startsWith('crossEntropy') && { reduction: 'none' as const }),
      shape: [specialRows, 64],
      seed: 64,
      special: true,
      ...(kernel.op !== 'argmax' && kernel.op !== 'topK' && { regime: 'row-per-invocation' }),
    }),
  ),
);

const labelOf = ({ op, targets, labelSmoothing, weights, precision, f16, values }: Case) =>
  [
    op,
    targets,
    labelSmoothing && 'smoothing and z-loss',
    weights && 'weights',
    values,
    precision,
    f16 && 'f16',
  ]
    .filter(Boolean)
    .join(', ');

/** An engine that binds halves as the type f16, if its device has that. */
async function typed(): Promise<Engine> {
  const { features } = await sharedDevice();
  return sharedEngine({ halfConversion: features.has('shader-f16') ? 'typed' : 'integer' });
}

async function compute(engine: Engine, c: Case, note = ''): Promise<Computed[]> {
  const inputs = makeInputs(c);
  const references = makeReferences(c, inputs);
  const [tensors, outs]: Record<string, GpuTensor>[] = [{}, {}];
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const dtype = halfInputs(c, inputs).includes(name) ? { dtype: 'f16' as const } : {};
    tensors![name] = engine.tensor(data, shape, dtype);
  }
  for (const [name, { data, shape }] of Object.entries(references)) {
    const dtype = resultDType(c, name);
    outs![name] =
      tensors![replacedBy(c, inputs, name) ?? ''] ??
      engine.tensor(new Array(data.length).fill(0), shape, { dtype });
  }
  runOp(library, c, tensors!, outs!);
  const computed: Computed[] = [];
  for (const [name, expected] of Object.entries(references)) {
    const values = Float32Array.from(await outs![name]!.read());
    const { maxUlp, maxShare } = compare(values, expected);
    const named = Object.keys(references).length > 1 ? `${labelOf(c)}: ${name}` : labelOf(c);
    const label = `${named}${note}`;
    computed.push({ name: label, maxUlp, maxShare, bits: [...bits(values)] });
  }
  for (const tensor of [...Object.values(tensors!), ...Object.values(outs!)]) tensor.destroy();
  return computed;
}

async function all(engine: Engine, cases: readonly Case[], note?: string): Promise<Computed[]> {
  const computed: Computed[] = [];
  for (const c of cases) computed.push(...(await compute(engine, c, note)));
  return computed;
}

export const finite = async (): Promise<Computed[]> => [
  ...(await all(await sharedEngine(), finiteCases)),
  ...(await all(await typed(), typedCases, ' by `shader-f16`')),
];
export const special = async (): Promise<Computed[]> => all(await sharedEngine(), specialCases);

/** The limits of the adapter. */
export async function limits(): Promise<Record<string, number>> {
  const adapter = await navigator.gpu.requestAdapter();
  const found: Record<string, number> = {};
  for (const name in adapter!.limits) {
    const value = adapter!.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') found[name] = value;
  }
  return found;
}

/** The seven numbers that the probe makes of each pair. */
async function probe(pairs: readonly (readonly [number, number])[]) {
  const engine = await sharedEngine();
  const { device } = engine;
  const operands = engine.tensor(Float32Array.from(pairs.flat()), [2 * pairs.length]);
  const results = engine.tensor(new Uint32Array(7 * pairs.length), [pairs.length, 7]);
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const entries = [operands, results].map(({ buffer }, binding) => ({
    binding,
    resource: { buffer },
  }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(pairs.length / 64));
  pass.end();
  device.queue.submit([encoder.finish()]);
  const words = await results.read();
  operands.destroy();
  results.destroy();
  return pairs.map((_, i) => {
    const [sum, product, quotient, exp, log, max] = new Float32Array(
      words.slice(7 * i, 7 * i + 6).buffer,
    );
    const unequal = words[7 * i + 6] === 1;
    return {
      sum: sum!,
      product: product!,
      quotient: quotient!,
      exp: exp!,
      log: log!,
      max: max!,
      unequal,
    };
  });
}

const kept = (value: number, exact: number): string =>
  value === 0 ? 'flushed' : Math.abs(value / exact - 1) < 2 ** -6 ? 'kept' : String(value);

/** What becomes of numbers below 2⁻¹²⁶, of NaN and of infinities, and how good the builtins are. */
export async function arithmetic(): Promise<Record<string, string>> {
  const [sum, product, factor, quotient, exp, nan, other, infinite] = await probe([
    [2 ** -130, 2 ** -140],
    [2 ** -70, 2 ** -70],
    [2 ** -140, 2 ** 40],
    [2 ** -120, 2 ** 20],
    [-90, 1],
    [Number.NaN, 1],
    [1, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ]);
  const engine = await sharedEngine();
  const [, least] = await softmax(engine.tensor([0, -90], [2])).read();
  const n = 2 ** 14;
  const below = uniform(1, n, -87, 0);
  const near = uniform(2, n, 0.5, 2);
  const large = uniform(3, n, 2, 2 ** 20);
  const values = await probe(Array.from(below, (v, i) => [v, large[i]!] as const));
  const logs = await probe(Array.from(large, (v, i) => [v, near[i]!] as const));
  const nearLogs = await probe(Array.from(near, (v) => [v, 1] as const));
  const most = (errors: number[]) => errors.reduce((a, b) => Math.max(a, b), 0);
  const ulps = (
    of: readonly { [K in 'exp' | 'log' | 'quotient']: number }[],
    name: 'exp' | 'log' | 'quotient',
    exact: (i: number) => number,
  ) => most(of.map((one, i) => Math.abs(one[name] - exact(i)) / ulp(exact(i)))).toFixed(1);
  const off = most(nearLogs.map(({ log }, i) => Math.abs(log - Math.log(near[i]!))));
  return {
    'a sum below 2⁻¹²⁶': kept(sum!.sum, 2 ** -130 + 2 ** -140),
    'a product below 2⁻¹²⁶': kept(product!.product, 2 ** -140),
    'a factor below 2⁻¹²⁶': kept(factor!.product, 2 ** -100),
    'a quotient below 2⁻¹²⁶': kept(quotient!.quotient, 2 ** -140),
    'exp(−90)': kept(exp!.exp, Math.exp(-90)),
    'softmax of 90 below the maximum': kept(least!, Math.exp(-90)),
    'NaN ≠ NaN': String(nan!.unequal),
    'max(NaN, 1), max(1, NaN)': `${nan!.max}, ${other!.max}`,
    '∞ + −∞, ∞ · −∞': `${infinite!.sum}, ${infinite!.product}`,
    '`exp` of −87 … 0, in ULP': ulps(values, 'exp', (i) => Math.exp(below[i]!)),
    '`log` of 2 … 2²⁰, in ULP': ulps(logs, 'log', (i) => Math.log(large[i]!)),
    '`log` of ½ … 2, absolute': off.toExponential(1),
    'a quotient, in ULP': ulps(logs, 'quotient', (i) => large[i]! / near[i]!),
  };
}
