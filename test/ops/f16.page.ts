/** f16 storage beyond what the harness' cases ask of every operation. */

import type { Case } from '../../conformance/cases';
import { sharedArena, sharedEngine } from '../../conformance/engine';
import { halfKernels, halfSpecials, halves, subgroupsOf } from '../../conformance/matrix';
import { logits, Random } from '../../conformance/random';
import { type CaseResult, runCases, runCasesIn } from '../../conformance/run-cases';
import { fromHalves, halfBits, toHalves } from '../../src/gpu/half';
import type { HalfConversion } from '../../src/gpu/halves';
import {
  type CreateOptions,
  createEngine,
  crossEntropy,
  type Engine,
  f16,
  type GpuTensor,
  type HalfArray,
  logSoftmaxJvp,
  logSumExp,
  prepare,
  softmax,
  stream,
} from '../../src/index';

type Options = Pick<CreateOptions, 'halfConversion' | 'maxStorageBufferBindingSize'>;

const engineWith = (options: Options = {}) => sharedEngine({ adapterClass: 'cpu', ...options });

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
  const arena = await sharedArena({ adapterClass: 'cpu', halfConversion });
  const subgroups = subgroupsOf(arena.engine.device);
  const of = halfKernels[kernel]!;
  return outcomeOf(
    await runCasesIn(arena, [...halves(of, subgroups), ...halfSpecials(of, subgroups)]),
  );
}

/** Kernels where a binding holds 4 KiB at most: blocks that start in the middle of a word. */
export async function runBlocks(halfConversion: HalfConversion): Promise<Outcome> {
  const engine = await engineWith({ halfConversion, maxStorageBufferBindingSize: 4096 });
  const halves = ['x', 'v', 'y'] as const;
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
      [4 * (i % 2), 6].map(
        (byteOffset): Case => ({ ...kernel, ...of, seed: i, f16: halves, byteOffset }),
      ),
    ),
  );
  return outcomeOf(await runCases(engine, cases));
}

const everyHalf = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00;

/** Puts halves on the GPU as they are. */
function place(
  engine: Engine,
  bits: Uint16Array<ArrayBuffer>,
  shape: readonly number[],
): GpuTensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = engine.device.createBuffer({ size: 4 * Math.ceil(bits.length / 2) + 4, usage });
  const even = new Uint16Array(2 * Math.ceil(bits.length / 2));
  even.set(bits);
  engine.device.queue.writeBuffer(buffer, 0, even);
  return engine.wrap(buffer, shape, { dtype: 'f16' });
}

/** The bits of an f16 tensor. */
async function bitsOf(engine: Engine, y: GpuTensor): Promise<Uint16Array> {
  const words = await engine.wrap(y.buffer, [Math.ceil(y.count / 2)], { dtype: 'u32' }).read();
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
  const engine = await engineWith({ halfConversion });
  const wanted = fromHalves(everyHalf);
  const found: Record<string, number> = {};
  for (const [name, shape, axis] of [
    ['rows of one', [65_536, 1], 1],
    ['columns', [1, 65_536], 0],
    ['columns of an odd slab', [1, 65_535], 0],
  ] as const) {
    const count = shape[0] * shape[1];
    const x = place(engine, everyHalf.slice(0, count), shape);
    const lse = await logSumExp(x, { axis }).read();
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
    const v = place(engine, numbers.slice(0, length), [1, length]);
    const none = engine.tensor(new Float32Array(length).fill(-Infinity), [1, length]);
    const out = engine.tensor(new Float32Array(length), [1, length]);
    const y = await logSoftmaxJvp(none, v, { out }).read();
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
  const engine = await engineWith({ halfConversion });
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
    const v = engine.tensor(values.slice(0, count), shape);
    const none = engine.tensor(new Float32Array(count).fill(-Infinity), shape);
    const out = engine.tensor(new Float32Array(count), shape, { dtype: 'f16' });
    const got = await bitsOf(engine, logSoftmaxJvp(none, v, { axis, out }));
    found[name] = { count, wrong: got.filter((bits, i) => bits !== halfBits(values[i]!)).length };
  }
  return found;
}

/** What an engine that was not given f16 says of it, and one that was given something else. */
export async function refused(): Promise<Record<string, string>> {
  const { device } = await sharedEngine();
  const engine = await createEngine({ device });
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
  const said = (work: () => unknown): Promise<string> =>
    Promise.resolve()
      .then(work)
      .then(
        () => 'nothing',
        (error: Error) => `${error.name}: ${error.message}`,
      );
  const rows = [new Float32Array(4)];
  const streamed = async () => {
    for await (const _ of stream(engine, rows, (x) => softmax(x), { classes: 4, dtype: 'f16' }));
  };
  return {
    tensor: await said(() => engine.tensor([1], [1], { dtype: 'f16' })),
    wrap: await said(() => engine.wrap(buffer, [1], { dtype: 'f16' })),
    prepare: await said(() => prepare(engine, [[softmax, { shape: [1, 4], dtype: 'f16' }]])),
    stream: await said(streamed),
    value: await said(() => createEngine({ device, f16: 'f16' as never })),
    nothing: await said(() => engine.tensor([1], [1])),
  };
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
  const engine = await engineWith();
  const said = (work: () => unknown) => {
    try {
      work();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const list = [0.1, -2, 65_519, 1e9, 2 ** -25, 3 * 2 ** -25];
  const buffer = engine.device.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE });
  const x = engine.wrap(buffer, [1, 8], { dtype: 'f16' });
  const wide = engine.wrap(buffer, [1, 8]);
  const one = engine.wrap(buffer, [1], { dtype: 'f16', byteOffset: 32 });
  const { Float16Array } = globalThis as unknown as {
    Float16Array: new (values: readonly number[]) => HalfArray;
  };
  const typed = engine.tensor(new Float16Array([1, 2, 3]), [3]);
  return {
    array: [...(await engine.tensor(list, [6], { dtype: 'f16' }).read())].map(String),
    typed: [...(await engine.tensor(Float32Array.from(list), [6], { dtype: 'f16' }).read())].map(
      String,
    ),
    float16: [typed.dtype, ...(await typed.read())],
    dtypes: [
      softmax(engine.tensor(list, [2, 3], { dtype: 'f16' })).dtype,
      logSumExp(engine.tensor(list, [2, 3], { dtype: 'f16' })).dtype,
    ],
    'no room': said(() => engine.wrap(buffer, [33], { dtype: 'f16' })),
    'in place, wider': said(() => softmax(x, { out: wide })),
    'in place, one element': said(() =>
      softmax(one, { out: engine.wrap(buffer, [1], { byteOffset: 32 }) }),
    ),
    'other array': said(() => engine.tensor(new BigInt64Array(2), [2], { dtype: 'f16' })),
    'integers as logits': said(() => softmax(engine.tensor(new Int32Array(2), [2]))),
    'loss as f16': said(() => {
      const logits = engine.tensor([1, 2], [1, 2]);
      const loss = engine.tensor([0], [], { dtype: 'f16' });
      return crossEntropy(logits, [0], { out: { loss } });
    }),
  };
}

/** Mixed types side by side in one buffer, and recorded work: the first other bit, −1 without. */
export async function together(halfConversion: HalfConversion): Promise<Record<string, number>> {
  const engine = await engineWith({ halfConversion });
  const found: Record<string, number> = {};
  for (const length of [36, 38, 37]) {
    const shape = [3, length];
    const data = logits(length, 3 * length);
    const mask = logits(length + 1, 3 * length);
    const apart = softmax(engine.tensor(data, shape, { dtype: 'f16' }), {
      mask: engine.tensor(mask, shape),
    });
    const wanted = await bitsOf(engine, apart);
    const buffer = engine.device.createBuffer({
      size: 4096,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const write = () => {
      engine.device.queue.writeBuffer(buffer, 0, toHalves(data));
      engine.device.queue.writeBuffer(buffer, 512, mask as Float32Array<ArrayBuffer>);
    };
    const x = engine.wrap(buffer, shape, { dtype: 'f16' });
    const options = { mask: engine.wrap(buffer, shape, { byteOffset: 512 }) };
    const out = engine.wrap(buffer, shape, { dtype: 'f16', byteOffset: 2052 });
    const check = async (name: string, of: GpuTensor) => {
      const whole = await engine.wrap(buffer, [1024], { dtype: 'u32' }).read();
      const got = new Uint16Array(whole.buffer, of.byteOffset, of.count);
      found[`${length} ${name}`] = firstOther(got, wanted);
    };
    write();
    softmax(x, { ...options, out });
    await check('beside', out);
    softmax(x, { ...options, out: x });
    await check('in place', x);
    write();
    const encoder = engine.device.createCommandEncoder();
    softmax(x, { ...options, out: x, encoder });
    const pass = encoder.beginComputePass();
    softmax(x, { out: engine.tensor(data, shape, { dtype: 'f16' }), pass });
    pass.end();
    engine.device.queue.submit([encoder.finish()]);
    await check('recorded', x);
  }
  await engine.done();
  return found;
}

/** The pipelines that `prepare` makes, and how many calls make after it. */
export async function prepared(): Promise<{ names: string[]; made: number }> {
  const engine = await createEngine({ f16, halfConversion: 'native' });
  const { device } = engine;
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
  await prepare(
    engine,
    specs.map((spec) => [softmax, spec] as const),
  );
  let made = 0;
  const create = device.createComputePipeline.bind(device);
  device.createComputePipeline = (descriptor) => {
    made++;
    return create(descriptor);
  };
  for (const { shape } of specs) {
    const count = shape[0] * shape[1];
    await softmax(engine.tensor(logits(1, count), shape, { dtype: 'f16' })).read();
  }
  engine.destroy();
  return { names, made };
}
