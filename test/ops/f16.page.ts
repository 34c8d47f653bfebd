/** f16 storage beyond what the harness' cases ask of every operation. */

import type { Case } from '../../conformance/cases';
import { sharedEngine } from '../../conformance/engine';
import { halfKernels, halfSpecials, halves } from '../../conformance/matrix';
import { logits, Random } from '../../conformance/random';
import { type CaseResult, runCases } from '../../conformance/run-cases';
import { fromHalves, halfBits, toHalves } from '../../src/gpu/half';
import {
  type CreateOptions,
  createSoftmax,
  type GpuTensor,
  type HalfArray,
  type HalfConversion,
  type Softmax,
} from '../../src/index';

type Options = Pick<CreateOptions, 'halfConversion' | 'maxStorageBufferBindingSize'>;

const engine = (options: Options = {}) => sharedEngine({ adapterClass: 'cpu', ...options });

export interface Outcome {
  readonly cases: number;
  readonly maxShare: number;
  readonly reports: string[];
}

function outcomeOf(results: readonly CaseResult[]): Outcome {
  return {
    cases: results.length,
    maxShare: Math.max(...results.map(({ maxShare }) => Math.min(maxShare, Number.MAX_VALUE))),
    reports: results.flatMap(({ ok, report }) => (ok ? [] : [report])).slice(0, 4),
  };
}

/** The compact matrix and special values of one kernel. */
export async function runHalves(kernel: number, halfConversion: HalfConversion): Promise<Outcome> {
  const sm = await engine({ halfConversion });
  const subgroups = sm.device.features.has('subgroups');
  const of = halfKernels[kernel]!;
  return outcomeOf(await runCases(sm, [...halves(of, subgroups), ...halfSpecials(of, subgroups)]));
}

/** Kernels where a binding holds 4 KiB at most: blocks that start in the middle of a word. */
export async function runBlocks(halfConversion: HalfConversion): Promise<Outcome> {
  const sm = await engine({ halfConversion, maxStorageBufferBindingSize: 4096 });
  const f16 = ['x', 'v', 'y'] as const;
  const shapes: Pick<Case, 'shape' | 'axis' | 'regime'>[] = [
    { shape: [50, 61] },
    { shape: [50, 62], regime: 'row-per-workgroup' },
    { shape: [7, 9, 33], axis: 1 },
    // Columns gathered into scratch.
    { shape: [90, 66], axis: 0 },
    { shape: [90, 67], axis: 0 },
    { shape: [2, 90, 41], axis: 1 },
  ];
  const chosen = halfKernels.filter(({ op }) => /^(softmax|softmaxVjp|crossEntropy.*)$/.test(op));
  const cases = chosen.flatMap((kernel) =>
    shapes.flatMap((of, i) =>
      [4 * (i % 2), 6].map((byteOffset): Case => ({ ...kernel, ...of, seed: i, f16, byteOffset })),
    ),
  );
  return outcomeOf(await runCases(sm, cases));
}

const everyHalf = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00;

/** Puts halves on the GPU as they are. */
function place(sm: Softmax, bits: Uint16Array<ArrayBuffer>, shape: readonly number[]): GpuTensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = sm.device.createBuffer({ size: 4 * Math.ceil(bits.length / 2) + 4, usage });
  const even = new Uint16Array(2 * Math.ceil(bits.length / 2));
  even.set(bits);
  sm.device.queue.writeBuffer(buffer, 0, even);
  return sm.wrap(buffer, shape, { dtype: 'f16' });
}

/** The bits of an f16 tensor. */
async function bitsOf(sm: Softmax, y: GpuTensor): Promise<Uint16Array> {
  const words = await sm.wrap(y.buffer, [Math.ceil(y.count / 2)], { dtype: 'u32' }).read();
  return new Uint16Array(words.buffer, 0, y.count);
}

const firstOther = (got: ArrayLike<number>, wanted: ArrayLike<number>) =>
  Array.from(wanted).findIndex((value, i) => got[i] !== value && !Number.isNaN(value + got[i]!));

/**
 * Every pattern through each way to load one: the first that is not what it should be, −1 without.
 * The log-sum-exp of one element is that element, and the JVP of a row without probabilities is the
 * tangent.
 */
export async function loads(halfConversion: HalfConversion): Promise<Record<string, number>> {
  const sm = await engine({ halfConversion });
  const wanted = fromHalves(everyHalf);
  const found: Record<string, number> = {};
  for (const [name, shape, axis] of [
    ['rows of one', [65_536, 1], 1],
    ['columns', [1, 65_536], 0],
    ['columns of an odd slab', [1, 65_535], 0],
  ] as const) {
    const count = shape[0] * shape[1];
    const x = place(sm, everyHalf.slice(0, count), shape);
    const lse = await sm.logSumExp(x, { axis }).read();
    found[name] = firstOther(lse, wanted.subarray(0, count));
    const nans = lse.filter((v, i) => Number.isNaN(v) !== Number.isNaN(wanted[i])).length;
    if (nans > 0) found[`${name}: NaNs`] = nans;
  }
  const numbers = everyHalf.filter(isNumber);
  for (const [name, length] of [
    ['row of quads', numbers.length],
    ['row of words', numbers.length - 2],
    ['odd row', numbers.length - 1],
  ] as const) {
    const v = place(sm, numbers.slice(0, length), [1, length]);
    const none = sm.tensor(new Float32Array(length).fill(-Infinity), [1, length]);
    const out = sm.tensor(new Float32Array(length), [1, length]);
    const y = await sm.logSoftmaxJvp(none, v, { out }).read();
    found[name] = firstOther(y, fromHalves(numbers.subarray(0, length)));
  }
  return found;
}

/** f32 numbers on and around every half, between neighbours, and over the range. */
function numbersToRound(): Float32Array<ArrayBuffer> {
  const random = new Random(1);
  const near = [...everyHalf.filter((bits) => isNumber(bits) && bits < 0x7c00)].flatMap((bits) => {
    const low = fromHalves(Uint16Array.of(bits))[0]!;
    const high = bits === 0x7bff ? 65_536 : fromHalves(Uint16Array.of(bits + 1))[0]!;
    const middle = (low + high) / 2;
    const step = (high - low) * 2 ** -12;
    return [low, middle - step, middle, middle + step, -middle, random.uniform(low, high)];
  });
  const far = [65_536, 1e6, 3.4e38, -1e5, 2 ** -26, 1e-30, -1e-44];
  return Float32Array.from([...near, ...far]);
}

/** How many f32 numbers each way to store rounds to another half than the nearest, ties to even. */
export async function stores(
  halfConversion: HalfConversion,
): Promise<Record<string, { count: number; wrong: number }>> {
  const sm = await engine({ halfConversion });
  const values = numbersToRound();
  const found: Record<string, { count: number; wrong: number }> = {};
  const most = values.length - (values.length % 4);
  for (const [name, shape, axis] of [
    ['row of quads', [1, most], 1],
    ['row of words', [1, most - 2], 1],
    ['odd row', [1, most - 1], 1],
    ['columns', [1, most], 0],
    ['even columns', [1, most - 2], 0],
    ['odd columns', [1, most - 3], 0],
  ] as const) {
    const count = shape[1];
    const v = sm.tensor(values.slice(0, count), shape);
    const none = sm.tensor(new Float32Array(count).fill(-Infinity), shape);
    const out = sm.tensor(new Float32Array(count), shape, { dtype: 'f16' });
    const got = await bitsOf(sm, sm.logSoftmaxJvp(none, v, { axis, out }));
    found[name] = { count, wrong: got.filter((bits, i) => bits !== halfBits(values[i]!)).length };
  }
  return found;
}

/** Halves made on the host, against a Float16Array where there is one. */
export function hostRounding(): { compared: number; differ: number } {
  const { Float16Array } = globalThis as unknown as {
    Float16Array: new (values: ArrayLike<number>) => ArrayLike<number>;
  };
  const values = numbersToRound();
  const halves = toHalves(values);
  const own = fromHalves(halves);
  const theirs = new Float16Array(values);
  return {
    compared: values.length,
    differ: values.filter((_, i) => !Object.is(own[i], theirs[i])).length,
  };
}

/** What uploads and reads give back, and what is refused. */
export async function tensors(): Promise<Record<string, unknown>> {
  const sm = await engine();
  const said = (work: () => unknown) => {
    try {
      work();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const list = [0.1, -2, 65_519, 1e9, 2 ** -25, 3 * 2 ** -25];
  const buffer = sm.device.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE });
  const x = sm.wrap(buffer, [1, 8], { dtype: 'f16' });
  const wide = sm.wrap(buffer, [1, 8]);
  const one = sm.wrap(buffer, [1], { dtype: 'f16', byteOffset: 32 });
  const { Float16Array } = globalThis as unknown as {
    Float16Array: new (values: readonly number[]) => HalfArray;
  };
  const typed = sm.tensor(new Float16Array([1, 2, 3]), [3]);
  return {
    array: [...(await sm.tensor(list, [6], { dtype: 'f16' }).read())].map(String),
    typed: [...(await sm.tensor(Float32Array.from(list), [6], { dtype: 'f16' }).read())].map(
      String,
    ),
    float16: [typed.dtype, ...(await typed.read())],
    dtypes: [
      sm.softmax(sm.tensor(list, [2, 3], { dtype: 'f16' })).dtype,
      sm.logSumExp(sm.tensor(list, [2, 3], { dtype: 'f16' })).dtype,
    ],
    'no room': said(() => sm.wrap(buffer, [33], { dtype: 'f16' })),
    'in place, wider': said(() => sm.softmax(x, { out: wide })),
    'in place, one element': said(() =>
      sm.softmax(one, { out: sm.wrap(buffer, [1], { byteOffset: 32 }) }),
    ),
    'other array': said(() => sm.tensor(new BigInt64Array(2), [2], { dtype: 'f16' })),
    'integers as logits': said(() => sm.softmax(sm.tensor(new Int32Array(2), [2]))),
    'loss as f16': said(() => {
      const logits = sm.tensor([1, 2], [1, 2]);
      const loss = sm.tensor([0], [], { dtype: 'f16' });
      return sm.crossEntropy(logits, [0], { out: { loss } });
    }),
  };
}

/** Mixed types side by side in one buffer, and recorded work: the first other bit, −1 without. */
export async function together(halfConversion: HalfConversion): Promise<Record<string, number>> {
  const sm = await engine({ halfConversion });
  const found: Record<string, number> = {};
  for (const length of [36, 38, 37]) {
    const shape = [3, length];
    const data = logits(length, 3 * length);
    const mask = logits(length + 1, 3 * length);
    const apart = sm.softmax(sm.tensor(data, shape, { dtype: 'f16' }), {
      mask: sm.tensor(mask, shape),
    });
    const wanted = await bitsOf(sm, apart);
    const buffer = sm.device.createBuffer({
      size: 4096,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const write = () => {
      sm.device.queue.writeBuffer(buffer, 0, toHalves(data));
      sm.device.queue.writeBuffer(buffer, 512, mask as Float32Array<ArrayBuffer>);
    };
    const x = sm.wrap(buffer, shape, { dtype: 'f16' });
    const options = { mask: sm.wrap(buffer, shape, { byteOffset: 512 }) };
    const out = sm.wrap(buffer, shape, { dtype: 'f16', byteOffset: 2052 });
    const check = async (name: string, of: GpuTensor) => {
      const whole = await sm.wrap(buffer, [1024], { dtype: 'u32' }).read();
      const got = new Uint16Array(whole.buffer, of.byteOffset, of.count);
      found[`${length} ${name}`] = firstOther(got, wanted);
    };
    write();
    sm.softmax(x, { ...options, out });
    await check('beside', out);
    sm.softmax(x, { ...options, out: x });
    await check('in place', x);
    write();
    const encoder = sm.device.createCommandEncoder();
    sm.softmax(x, { ...options, out: x, encoder });
    const pass = encoder.beginComputePass();
    sm.softmax(x, { out: sm.tensor(data, shape, { dtype: 'f16' }), pass });
    pass.end();
    sm.device.queue.submit([encoder.finish()]);
    await check('recorded', x);
  }
  await sm.done();
  return found;
}

/** The pipelines that `prepare` makes, and how many calls make after it. */
export async function prepared(): Promise<{ names: string[]; made: number }> {
  const sm = await createSoftmax({ halfConversion: 'native' });
  const { device } = sm;
  const names: string[] = [];
  const createAsync = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    names.push(descriptor.label!);
    return createAsync(descriptor);
  };
  const specs = [
    { shape: [5, 37], dtype: 'f16' },
    { shape: [5, 36], dtype: 'f16' },
  ] as const;
  await sm.prepare(specs.map((spec) => ['softmax', spec] as const));
  let made = 0;
  const create = device.createComputePipeline.bind(device);
  device.createComputePipeline = (descriptor) => {
    made++;
    return create(descriptor);
  };
  for (const { shape } of specs) {
    const count = shape[0] * shape[1];
    await sm.softmax(sm.tensor(logits(1, count), shape, { dtype: 'f16' })).read();
  }
  sm.destroy();
  return { names, made };
}
