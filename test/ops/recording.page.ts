import { sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  createEngine,
  crossEntropy,
  type Engine,
  logSoftmax,
  logSumExp,
  type RegimeName,
  softmax,
  softmaxVjp,
} from '../../src/index';
import {
  type Call,
  destroyAll,
  difference,
  optionCalls,
  otherCalls,
  outOf,
  plainCalls,
  type Tensors,
  take,
  upload,
  type Values,
} from './calls';

const requestDevice = async () => (await navigator.gpu.requestAdapter())!.requestDevice();

/** Short rows, and long columns, which are split. */
const shapes = [
  { shape: [3, 13], axis: -1 },
  { shape: [4100, 3], axis: 0 },
] as const;

const shared = () => sharedEngine({ adapterClass: 'cpu' });

/** The Jacobian of a long row is left out: it has a pixel for each pair of its elements. */
const callsOf = (of: (typeof shapes)[number], seed = 1): Call[] => [
  ...plainCalls({ ...of, seed }).filter(
    ({ name }) => name !== 'softmaxJacobian' || of.shape[0] * of.shape[1] < 200,
  ),
  ...optionCalls({ ...of, seed }),
  ...otherCalls({ ...of, seed }),
];

/** What a call gives when it is submitted at once. */
async function submitted(engine: Engine, call: Call, regime?: RegimeName) {
  const inputs = upload(engine, call);
  const values = await take(call.run(inputs, regime && { regime }));
  destroyAll(inputs);
  return values;
}

/**
 * Records every call of a shape into one encoder, or one pass, and only then submits it: where a
 * result is not bitwise that of the call alone.
 */
export async function recordedTogether(how: 'encoder' | 'pass') {
  const engine = await shared();
  const problems: string[] = [];
  let count = 0;
  for (const of of shapes) {
    const encoder = engine.device.createCommandEncoder();
    const pass = how === 'pass' ? encoder.beginComputePass() : undefined;
    const waiting: { call: Call; inputs: Tensors; expected: Values; outputs: Tensors }[] = [];
    for (const call of callsOf(of)) {
      const inputs = upload(engine, call);
      const expected = await submitted(engine, call);
      const outputs = call.run(inputs, pass ? { pass } : { encoder });
      waiting.push({ call, inputs, expected, outputs });
    }
    pass?.end();
    engine.device.queue.submit([encoder.finish()]);
    for (const { call, inputs, expected, outputs } of waiting) {
      const differs = difference(await take(outputs), expected);
      if (differs) problems.push(`${call.name} of [${of.shape.join(', ')}]: ${differs}`);
      destroyAll(inputs);
      count++;
    }
  }
  await engine.done();
  return { count, problems };
}

/** A chain in one encoder, each step on the last one's result and the last one in place. */
export async function chain(): Promise<string[]> {
  const engine = await shared();
  const shape = [5, 4100];
  const data = logits(1, 5 * 4100);
  const dy = engine.tensor(logits(2, 5 * 4100), shape);
  const steps = (scale: number, encoder?: GPUCommandEncoder): Tensors => {
    const to = encoder && { encoder };
    const x = engine.tensor(data, shape);
    const y = softmax(x, { scale, ...to });
    const dx = softmaxVjp(y, dy, { scale, ...to });
    const z = logSoftmax(dx, { scale, out: dx, ...to });
    const { loss } = crossEntropy(z, [1, 2, 3, 4, scale > 1 ? 5 : 0], { scale, ...to });
    return { y, z, loss };
  };
  const problems: string[] = [];
  const expected = [await take(steps(0.5)), await take(steps(2))];
  const encoder = engine.device.createCommandEncoder();
  const recorded = [steps(0.5, encoder), steps(2, encoder)];
  // Calls in between take the engine's own scratch, and hundreds of others its caches' places.
  for (let i = 0; i < 600; i++) logSumExp(dy, { scale: 1 + i / 1000 }).destroy();
  engine.device.queue.submit([encoder.finish()]);
  for (const [i, tensors] of recorded.entries()) {
    const differs = difference(await take(tensors), expected[i]!);
    if (differs) problems.push(`recording ${i}: ${differs}`);
  }
  await engine.done();
  return problems;
}

/** Two encoders recorded by turns and submitted in the other order. */
export async function interleaved(): Promise<string[]> {
  const engine = await shared();
  const problems: string[] = [];
  const regime = 'split-per-invocation';
  const encoders = [engine.device.createCommandEncoder(), engine.device.createCommandEncoder()];
  const waiting: { name: string; expected: Values; outputs: Tensors }[] = [];
  for (const seed of [1, 2]) {
    for (const call of callsOf(shapes[1], seed)) {
      const inputs = upload(engine, call);
      const expected = await submitted(engine, call, regime);
      const encoder = encoders[seed - 1]!;
      waiting.push({
        name: call.name,
        expected,
        outputs: call.run(inputs, { encoder, regime }),
      });
    }
  }
  for (const encoder of encoders.reverse()) engine.device.queue.submit([encoder.finish()]);
  for (const { name, expected, outputs } of waiting) {
    const differs = difference(await take(outputs), expected);
    if (differs) problems.push(`${name}: ${differs}`);
  }
  await engine.done();
  return problems;
}

/** Recorded commands that are never submitted, and those submitted when the engine is gone. */
export async function afterwards() {
  const device = await requestDevice();
  const [engine, reader] = [await createEngine({ device }), await createEngine({ device })];
  const x = engine.tensor(logits(3, 2 * 4101), [2, 4101]);
  const expected = (await softmax(x).read()) as Float32Array;
  const sentinel = new Float32Array(2 * 4101).fill(-7);
  const [never, late] = [reader.tensor(sentinel, x.shape), reader.tensor(sentinel, x.shape)];
  const regime = 'split-per-invocation';
  const forced = (await softmax(x, { regime }).read()) as Float32Array;
  const abandoned = device.createCommandEncoder();
  softmax(x, { encoder: abandoned, out: engine.wrap(never.buffer, x.shape) });
  abandoned.finish();
  const encoder = device.createCommandEncoder();
  softmax(x, { encoder, regime, out: engine.wrap(late.buffer, x.shape) });
  const commands = encoder.finish();
  await engine.done();
  engine.destroy();
  device.queue.submit([commands]);
  const problems = [
    difference({ never: (await never.read()) as Float32Array }, { never: sentinel }),
    difference({ late: (await late.read()) as Float32Array }, { late: forced }),
    difference(
      { again: (await softmax(reader.wrap(x.buffer, x.shape)).read()) as Float32Array },
      { again: expected },
    ),
  ];
  await reader.done();
  device.destroy();
  return problems.filter((problem) => problem !== undefined);
}

/** What cannot be recorded: the errors, and whether the encoder has been left alone. */
export async function refused() {
  const device = await requestDevice();
  const engine = await createEngine({ device, adapterClass: 'cpu' });
  const encoder = device.createCommandEncoder();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const said = (call: () => unknown) => {
    try {
      call();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  // The device checks that its clock is not stopped: three dispatches over 64 MiB are too long.
  const large = engine.wrap(device.createBuffer({ size: 4 * 4096 * 4100, usage }), [4096, 4100]);
  const long = said(() => softmax(large, { encoder, out: large }));
  const both = device.createBuffer({ size: 4096, usage });
  const x = engine.wrap(both, [4, 8]);
  const lse = engine.wrap(both, [4], { byteOffset: 1024 });
  const pass = device.createCommandEncoder().beginComputePass();
  const copy = said(() => logSumExp(x, { pass, out: lse }));
  const copied = said(() => logSumExp(x, { encoder, out: lse }));
  device.queue.submit([encoder.finish()]);
  const zeros = [...((await lse.read()) as Float32Array)].every(
    (v) => v === Math.fround(Math.log(8)),
  );
  await engine.done();
  device.destroy();
  return { long, copy, copied, right: zeros };
}

const makers = [
  'createBuffer',
  'createBindGroup',
  'createBindGroupLayout',
  'createShaderModule',
  'createComputePipeline',
  'createComputePipelineAsync',
  'createPipelineLayout',
  'createQuerySet',
  'createSampler',
  'createTexture',
] as const;

/**
 * GPU objects made by repeated calls with `out`, by call: there may be none, whether a call comes
 * twice in a row or all of them in turn.
 */
export async function objectsMade() {
  const engine = await shared();
  const device = engine.device as unknown as Record<string, (...args: unknown[]) => unknown>;
  const made: Record<string, number> = {};
  let counting = '';
  for (const name of makers) {
    const make = device[name]!.bind(device);
    device[name] = (...args) => {
      if (counting) {
        const key = `${counting}: ${name}`;
        made[key] = (made[key] ?? 0) + 1;
      }
      return make(...args);
    };
  }
  counting = 'counted';
  engine.tensor([1], [1]);
  counting = '';
  const prepared = shapes.flatMap((of) =>
    callsOf(of).map((call) => ({
      label: `${call.name} of [${of.shape.join(', ')}]`,
      call,
      inputs: upload(engine, call),
      out: outOf(engine, call),
    })),
  );
  for (const round of ['first', 'in a row', 'in turn', 'in turn again']) {
    for (const { label, call, inputs, out } of prepared) {
      if (round === 'in a row') call.run(inputs, { out });
      if (round !== 'first') counting = `${round}, ${label}`;
      call.run(inputs, { out });
      counting = '';
    }
  }
  await engine.done();
  for (const name of makers) Reflect.deleteProperty(device, name);
  return { calls: prepared.length, made };
}
