import { sharedDevice } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  type CallSpec,
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  type GpuTensor,
  logSoftmax,
  logSumExp,
  prepare,
  softmax,
  softmaxJacobian,
  softmaxVjp,
} from '../../src/index';
import {
  type Call,
  type CallsOf,
  difference,
  optionCalls,
  outOf,
  plainCalls,
  size,
  take,
  upload,
} from '../ops/calls';

const makers = [
  'createBuffer',
  'createBindGroup',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createShaderModule',
  'createComputePipeline',
  'createComputePipelineAsync',
] as const;

type Made = Partial<Record<(typeof makers)[number] | 'submit' | 'destroyed', number>>;

/** Counts the GPU objects made on a device, buffers destroyed and submissions, until it is restored. */
export function countOn(device: GPUDevice) {
  let made: Made = {};
  const count = (name: keyof Made) => {
    made[name] = (made[name] ?? 0) + 1;
  };
  const methods = device as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of makers) {
    const make = methods[name]!.bind(device);
    methods[name] = (...args) => {
      count(name);
      const object = make(...args);
      if (object instanceof GPUBuffer) {
        const destroy = object.destroy.bind(object);
        object.destroy = () => {
          count('destroyed');
          destroy();
        };
      }
      return object;
    };
  }
  const { queue } = device;
  const submit = queue.submit.bind(queue);
  queue.submit = (commands) => {
    count('submit');
    submit(commands);
  };
  const restore = () => {
    for (const name of makers) Reflect.deleteProperty(device, name);
    Reflect.deleteProperty(queue, 'submit');
  };
  /** What was made since the last time it was asked. */
  const since = () => {
    const counts = made;
    made = {};
    return counts;
  };
  return { since, restore };
}

const callsOf = (of: CallsOf) => [...plainCalls(of), ...optionCalls(of)];

/** What 1 000 repeated calls with `out` make after the first one, by operation. */
export async function repeated(): Promise<{ first: Made; made: Record<string, Made> }> {
  const device = await sharedDevice();
  const { since, restore } = countOn(device);
  const engine = await createEngine({ device });
  const made: Record<string, Made> = {};
  let first: Made = {};
  const repeat = async (label: string, run: () => unknown) => {
    since();
    run();
    const once = since();
    if (Object.keys(first).length === 0) first = once;
    for (let i = 0; i < 999; i++) run();
    const { submit, ...rest } = since();
    if (submit !== 999) throw new Error(`${label}: ${submit} submissions of 999 calls`);
    made[label] = rest;
    await engine.done();
  };
  for (const call of callsOf({ shape: [3, 10] })) {
    const [inputs, out] = [upload(engine, call), outOf(engine, call)];
    await repeat(call.name, () => call.run(inputs, { out }));
  }
  // Split rows and columns take scratch.
  for (const call of plainCalls({ shape: [5000, 2], axis: 0 }).slice(0, 4)) {
    const [inputs, out] = [upload(engine, call), outOf(engine, call)];
    await repeat(`${call.name}, split`, () => call.run(inputs, { out }));
  }
  const x = engine.tensor(logits(1, 30), [3, 10]);
  const out = { loss: engine.tensor([0], []), logSumExp: engine.tensor([0, 0, 0], [3]) };
  await repeat('host targets', () => crossEntropy(x, [1, 2, 3], { out }));
  await repeat('in place', () => logSoftmax(x, { out: x }));
  const [one, two] = [device.createBuffer({ size: 64, usage: 128 }), engine.tensor([1, 2], [2])];
  await repeat('wrapped anew', () => softmax(two, { out: engine.wrap(one, [2]) }));
  engine.destroy();
  restore();
  return { first, made };
}

/**
 * Thousands of different calls: how many buffers of uniforms were made, alive at most, and freed at
 * the end; what comes of a call recorded before them, and of calls after them.
 */
export async function bounded() {
  const device = await sharedDevice();
  const { since, restore } = countOn(device);
  const engine = await createEngine({ device });
  const problems: string[] = [];
  const data = logits(2, 400);
  const x = engine.tensor(data.slice(0, 24), [3, 8]);
  const expected = await take({ y: softmax(x, { scale: 2 }) });
  const judge = async (label: string, y: GpuTensor) => {
    const differs = difference(await take({ y }), expected);
    if (differs) problems.push(`${label}: ${differs}`);
  };
  const recorded = engine.tensor(new Float32Array(24), [3, 8]);
  const encoder = device.createCommandEncoder();
  softmax(x, { scale: 2, out: recorded, encoder });

  const input = engine.tensor(data, [400]);
  const output = engine.tensor(new Float32Array(400), [400]);
  since();
  let [alive, most, uniforms] = [0, 0, 0];
  const calls = 3000;
  for (let i = 1; i <= calls; i++) {
    // Too long for code of their own.
    const row = [129 + (i % 200)];
    softmax(engine.wrap(input.buffer, row), {
      out: engine.wrap(output.buffer, row),
      scale: 1 + i / calls,
    });
    const { createBuffer = 0, destroyed = 0 } = since();
    uniforms += createBuffer;
    alive += createBuffer - destroyed;
    most = Math.max(most, alive);
  }
  device.queue.submit([encoder.finish()]);
  await judge('recorded before', recorded);
  await judge('after', softmax(x, { scale: 2 }));
  await engine.done();
  since();
  engine.destroy();
  const { destroyed = 0 } = since();
  restore();
  return { calls, uniforms, most, destroyed, problems };
}

/**
 * A call of three programs, the second of more steps than are kept in all: the first one's uniforms
 * must live until the call is submitted. Its losses without and with a limit on bindings.
 */
export async function largerThanTheCache(): Promise<[whole: number, cut: number]> {
  const device = await sharedDevice();
  const shape = [1500, 1300];
  const data = logits(3, size(shape));
  const losses: number[] = [];
  for (const limit of [device.limits.maxStorageBufferBindingSize, 8192]) {
    const engine = await createEngine({ device, maxStorageBufferBindingSize: limit });
    const targets = engine.tensor(
      Int32Array.from({ length: 1500 }, (_, r) => r % 1300),
      [1500],
    );
    const { loss } = crossEntropy(engine.tensor(data, shape), targets);
    losses.push((await loss.read())[0]!);
    await engine.done();
    engine.destroy();
  }
  return losses as [number, number];
}

/** The call as `prepare` takes it, with specs in place of its inputs and outputs. */
function specOf({ inputs, outputs, run }: Call, out: boolean): CallSpec {
  const specs = Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]);
  const outs = Object.entries(outputs).map(([name, shape]) => [name, { shape }]);
  return [
    run,
    Object.fromEntries(specs),
    out ? { out: Object.fromEntries(outs) } : {},
  ] as unknown as CallSpec;
}

/**
 * What `prepare` makes of every operation, and of some in rows that are split, and what calls make after it: nothing
 * is compiled by them, nor by `prepare` again or beside itself.
 */
export async function prepared() {
  const device = await sharedDevice();
  const { since, restore } = countOn(device);
  const engine = await createEngine({ device });
  const calls = [
    ...callsOf({ shape: [3, 10] }),
    ...plainCalls({ shape: [2, 5001] }).filter(({ name }) => !/Jacobian|Jvp|Grad$/.test(name)),
    ...callsOf({ shape: [5, 3], axis: 0 }),
  ];
  const specs = calls.map((call, i) => specOf(call, i % 2 === 0));
  const x = { shape: [3, 7] };
  specs.push([softmax, x, { out: x, mask: 'causal' }]);
  specs.push([crossEntropyGrad, x, [1, 2, 3], { out: x }]);
  since();
  await Promise.all([prepare(engine, specs), prepare(engine, specs)]);
  const beside = since();
  await prepare(engine, specs);
  const again = since();
  calls.forEach((call, i) => {
    const inputs = upload(engine, call);
    call.run(inputs, i % 2 === 0 ? { out: outOf(engine, call) } : {});
  });
  const own = engine.tensor(logits(1, 21), [3, 7]);
  softmax(own, { out: own, mask: 'causal' });
  crossEntropyGrad(own, [1, 2, 3], { out: own });
  const { createBuffer: _, createBindGroup: __, submit: ___, ...called } = since();
  await engine.done();
  engine.destroy();
  restore();
  return { calls: specs.length, beside, again, called };
}

/** What `prepare` says of calls that cannot be made, and of the same calls themselves. */
export async function unprepared(): Promise<Record<string, string | [string, string]>> {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const engine = await createEngine({ device });
  const stray: string[] = [];
  device.addEventListener('uncapturederror', (event) => {
    stray.push(event.error.message);
    event.preventDefault();
  });
  const said = async (call: () => unknown): Promise<string> => {
    try {
      await call();
      return 'fine';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const shape = [2, 4];
  const x = engine.tensor(new Float32Array(8), shape);
  const both = async (spec: CallSpec, call: () => unknown): Promise<[string, string]> => [
    await said(() => prepare(engine, [[logSumExp, { shape: [3] }], spec])),
    await said(call),
  ];
  const told: Record<string, string | [string, string]> = {
    axis: await both([softmax, { shape }, { axis: 3 }], () => softmax(x, { axis: 3 })),
    scale: await both([softmaxVjp, { shape }, { shape }, { scale: -1 }], () =>
      softmaxVjp(x, x, { scale: -1 }),
    ),
    out: await both([softmax, { shape }, { out: { shape: [4] } }], () =>
      softmax(x, { out: engine.tensor(new Float32Array(4), [4]) }),
    ),
    targets: await both([crossEntropy, { shape }, [0, 4]], () => crossEntropy(x, [0, 4])),
    operation: await said(() => prepare(engine, [['toString', { shape }] as unknown as CallSpec])),
    dtype: await said(() => prepare(engine, [[softmax, { shape, dtype: 'f64' as 'f32' }]])),
    shape: await said(() => prepare(engine, [[softmax, { shape: [2.5] }]])),
    size: await said(() => prepare(engine, [[softmax, { shape: [2 ** 20, 2 ** 20] }]])),
  };
  const make = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = ({ compute, ...rest }) =>
    make({ ...rest, compute: { ...compute, entryPoint: 'nowhere' } });
  told.compile = await said(() => prepare(engine, [[softmax, { shape }]]));
  device.createComputePipelineAsync = make;
  told.afterwards = await said(() => prepare(engine, [[softmax, { shape }]]));
  told.works = [...(await softmax(x).read())].join();
  await engine.done();
  await new Promise((resolve) => setTimeout(resolve, 50));
  told.stray = stray.join();
  const lost = prepare(engine, [[softmaxVjp, { shape }, { shape }]]);
  device.destroy();
  told.lostMeanwhile = await said(() => lost);
  await engine.lost;
  told.lost = await said(() => prepare(engine, [[softmaxJacobian, { shape }]]));
  engine.destroy();
  told.destroyed = await said(() => prepare(engine, []));
  return told;
}
