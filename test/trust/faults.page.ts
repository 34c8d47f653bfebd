import type { Case } from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { everyOperation, isRight } from '../../conformance/every-operation';
import { logits } from '../../conformance/random';
import {
  createEngine,
  crossEntropy,
  crossEntropyWithGrad,
  type Engine,
  f16,
  type GpuTensor,
  logSoftmax,
  prepare,
  softmax,
  tune,
} from '../../src/index';
import * as reference from '../../src/reference';
import { otherCalls, plainCalls, upload } from '../ops/calls';
import { within } from './watch';

const requestDevice = async () => (await navigator.gpu.requestAdapter())!.requestDevice();

/** What happened, by label, and what came out where nobody was waiting for it. */
export interface Told {
  told: Record<string, string>;
  stray: string[];
}

type Note = (label: string, what: unknown) => Promise<void>;

/** Runs a story in which every wait must end within half a minute. */
async function tell(devices: readonly GPUDevice[], story: (note: Note) => Promise<void>) {
  const told: Record<string, string> = {};
  const stray: string[] = [];
  const rejected = (event: PromiseRejectionEvent) => {
    stray.push(`unhandled rejection: ${event.reason}`);
    event.preventDefault();
  };
  const uncaptured = ({ error }: GPUUncapturedErrorEvent) => {
    stray.push(`uncaptured error: ${error.message}`);
  };
  addEventListener('unhandledrejection', rejected);
  for (const device of devices) device.addEventListener('uncapturederror', uncaptured);
  await story(async (label, what) => {
    told[label] = await within(30_000, label, said(what)).catch(String);
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  removeEventListener('unhandledrejection', rejected);
  for (const device of devices) device.removeEventListener('uncapturederror', uncaptured);
  return { told, stray };
}

async function said(what: unknown): Promise<string> {
  try {
    const value = await (typeof what === 'function' ? what() : what);
    return ArrayBuffer.isView(value)
      ? [...(value as Float32Array)].join()
      : value === undefined
        ? 'fine'
        : String(value);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const quarters = (engine: Engine) => softmax(engine.tensor([1, 1, 1, 1], [4])).read();

/** Everything that may be under way when the device goes, whatever takes it away. */
export interface UnderWay {
  engine: Engine;
  device: GPUDevice;
  pending: Record<string, Promise<unknown>>;
}

let underWay: UnderWay | undefined;

let tellLost: (info: Pick<GPUDeviceLostInfo, 'reason' | 'message'>) => void;

/**
 * Starts reads of every operation, an upload, a wait, a compilation and a tuning.
 *
 * @param injected whether it is for the test to say why the device was lost.
 */
export async function startWork(injected = false): Promise<number> {
  const device = await requestDevice();
  if (injected) {
    const lost = new Promise((resolve) => {
      tellLost = resolve;
    });
    Object.defineProperty(device, 'lost', { value: lost });
  }
  const engine = await createEngine({ device });
  const pending: Record<string, Promise<unknown>> = {};
  const big = engine.tensor(logits(1, 2 ** 20), [2 ** 10, 2 ** 10]);
  // Still under way when all that follows has been enqueued, and then some.
  for (let i = 0; i < 200; i++) softmax(big, { out: big });
  pending.long = big.read();
  const shape = [3, 8];
  for (const call of [...plainCalls({ shape }), ...otherCalls({ shape })]) {
    const results = Object.values(call.run(upload(engine, call))) as GpuTensor[];
    pending[call.name] = Promise.all(results.map((result) => result.read()));
  }
  pending.upload = engine.tensor([1, 2], [2]).read();
  pending.done = engine.done();
  pending.prepare = prepare(engine, [[softmax, { shape: [5, 4097] }]]);
  pending.tune = tune(engine, { shapes: [{ shape: [64, 1000] }] });
  for (const promise of Object.values(pending)) promise.catch(() => {});
  underWay = { engine, device, pending };
  return Object.keys(pending).length;
}

export const destroyDevice = (): void => underWay!.device.destroy();

/** For a browser whose GPU cannot be crashed: the device goes, and says it was not asked to. */
export function takeDeviceAway(): void {
  const { device } = underWay!;
  tellLost({ reason: 'unknown', message: 'taken away' });
  device.destroy();
}

/** How it all ended, and whether a new engine works. */
export async function endOfWork(): Promise<Told> {
  const { engine, device, pending } = underWay!;
  return tell([device], async (note) => {
    for (const [label, promise] of Object.entries(pending))
      await note(
        label,
        promise.then(() => 'over'),
      );
    await note(
      'lost',
      engine.lost.then(({ reason }) => reason),
    );
    await note('call after', () => quarters(engine));
    await note('done after', () => engine.done());
    await note('prepare after', () => prepare(engine, [[softmax, { shape: [5] }]]));
    await note('destroy after', () => engine.destroy());
    await note('a new engine', async () => {
      using again = await createEngine();
      return await isRight(again, everyOperation);
    });
  });
}

/**
 * A device whose memory is out for the next buffer of which `refuses` says so: that buffer is
 * invalid, as it is where memory is out, and the scope around its making catches a
 * GPUOutOfMemoryError. Injected: the real thing would take the memory of the machine that tests.
 */
async function deviceWithoutMemory() {
  const device = await requestDevice();
  const live = liveBuffers(device);
  const memory = { refuses: (_: GPUBufferDescriptor): boolean => false };
  const filters: GPUErrorFilter[] = [];
  let failed = 0;
  const [push, pop, make] = [
    device.pushErrorScope.bind(device),
    device.popErrorScope.bind(device),
    device.createBuffer.bind(device),
  ];
  device.pushErrorScope = (filter) => {
    filters.push(filter);
    push(filter);
  };
  device.popErrorScope = async () => {
    const tells = filters.pop() === 'out-of-memory' && failed > 0;
    if (tells) failed--;
    const error = await pop();
    return tells ? new GPUOutOfMemoryError('not enough memory left') : error;
  };
  device.createBuffer = (descriptor) => {
    if (!memory.refuses(descriptor)) return make(descriptor);
    memory.refuses = () => false;
    failed++;
    // What cannot be mapped is told at once, and only so.
    if (descriptor.mappedAtCreation) {
      failed--;
      throw new RangeError('not enough memory left to map');
    }
    push('validation');
    const { usage } = descriptor;
    const invalid = make({
      ...descriptor,
      usage: usage | GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE,
    });
    void pop();
    return invalid;
  };
  return { device, memory, live };
}

/** Buffers that were made and not destroyed, and their bytes. */
function liveBuffers(device: GPUDevice) {
  const live = { buffers: 0, bytes: 0, made: 0 };
  const make = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = make(descriptor);
    const { size } = descriptor;
    let here = true;
    live.buffers++;
    live.made++;
    live.bytes += size;
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      if (here) {
        live.buffers--;
        live.bytes -= size;
      }
      here = false;
      destroy();
    };
    return buffer;
  };
  return live;
}

/** Memory runs out at the upload, at the result, at the scratch and at the copy of a read. */
export async function outOfMemory(): Promise<Told> {
  const { device, memory, live } = await deviceWithoutMemory();
  const engine = await createEngine({ device });
  const label = (text: string) => (descriptor: GPUBufferDescriptor) =>
    descriptor.label?.includes(text) ?? false;
  const story = await tell([device], async (note) => {
    await note('before', quarters(engine));
    const x = engine.tensor(logits(3, 64 * 8), [64, 8]);
    const targets = new Int32Array(64);
    await engine.done();

    memory.refuses = label('tensor');
    const upload = engine.tensor(new Float32Array(1000), [10, 100]);
    await note('upload', upload.read());
    await note('made of the upload', softmax(upload).read());
    await note('small call after upload', quarters(engine));

    memory.refuses = label('softmax softmax');
    await note('result', softmax(x).read());
    await note('small call after result', quarters(engine));

    crossEntropy(x, targets).loss.destroy();
    await engine.done().catch(() => {});
    const before = live.buffers;
    memory.refuses = label('scratch');
    const { loss, logSumExp } = crossEntropy(
      engine.tensor(logits(4, 4096 * 8), [4096, 8]),
      new Int32Array(4096),
    );
    await note('scratch', loss.read());
    await note('the other result', logSumExp.read());
    await note('scratch released', `${live.buffers <= before + 3}`);
    await note('small call after scratch', quarters(engine));

    memory.refuses = label('read');
    await note('copy of a read', x.read());
    await note('small call after read', quarters(engine));

    memory.refuses = label('params');
    await note('uniforms', softmax(x, { scale: 0.123 }).read());
    await note('small call at last', quarters(engine));
    await note('done', engine.done());
    for (let i = 0; i < 8; i++) await engine.done().catch(() => {});
    await note('done at last', engine.done());
    await note('every operation', isRight(engine, everyOperation));
  });
  device.destroy();
  return story;
}

/** A shader that does not compile, in a call and in `prepare`, and the same call once it does. */
export async function badShader(): Promise<Told> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  const make = device.createShaderModule.bind(device);
  let source = '';
  const spoilt = (descriptor: GPUShaderModuleDescriptor) => {
    const lines = descriptor.code.split('\n');
    const at = lines.findIndex((line) => /^ +let \w+ = .*;$/.test(line));
    source = `line ${at + 1}: ${lines[at]!.trim()}`;
    lines[at] = lines[at]!.replace('= ', '= no_such_name + ');
    return make({ ...descriptor, code: lines.join('\n') });
  };
  const story = await tell([device], async (note) => {
    device.createShaderModule = spoilt;
    const x = engine.tensor([1, 1, 1, 1], [4]);
    const y = softmax(x);
    await note('source', source);
    await note('read', y.read());
    await note('prepare', prepare(engine, [[logSoftmax, { shape: [4] }]]));
    await note('done', engine.done());
    device.createShaderModule = make;
    await note('after', softmax(x).read());
    await note('done after', engine.done());
  });
  device.destroy();
  return story;
}

/** A borrowed device with the lowest limits there are, and no feature. */
export async function bareDevice() {
  const device = await requestDevice();
  const alongRows = ['linearCrossEntropy', 'countTokens'];
  const cases: Case[] = everyOperation.flatMap((c) => [
    c,
    { ...c, shape: [5, 70], ...(!alongRows.includes(c.op) && { axis: 0 }) },
  ]);
  cases.push(
    { op: 'softmax', shape: [7, 9], seed: 1, f16: ['x', 'y'] },
    { op: 'softmax', shape: [2, 5000], seed: 2, mask: 'additive' },
    { op: 'crossEntropyWithGrad', shape: [6, 33], seed: 3, weights: true, labelSmoothing: 0.1 },
  );
  const engine = await createEngine({ device, f16, maxStorageBufferBindingSize: 32_768 });
  const story = await tell([device], (note) => note('cases', isRight(engine, cases)));
  const features = [...device.features].filter((name) => name !== 'core-features-and-limits');
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize } = device.limits;
  device.destroy();
  return {
    ...story,
    features,
    limits: { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize },
  };
}

/** Tensors destroyed while work and reads on them are under way. */
export async function destroyedInUse(): Promise<Told> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  const story = await tell([device], async (note) => {
    const big = logits(5, 2 ** 18);
    const x = engine.tensor(big, [512, 512]);
    const y = softmax(x);
    const reading = y.read();
    x.destroy();
    y.destroy();
    const right = compare(await reading, reference.softmax({ data: big, shape: [512, 512] })).ok;
    await note('read under way', `${right}`);
    const out = engine.tensor([0, 0, 0, 0], [4]);
    const encoder = device.createCommandEncoder();
    softmax(engine.tensor([1, 1, 1, 1], [4]), { out, encoder });
    out.destroy();
    device.pushErrorScope('validation');
    device.queue.submit([encoder.finish()]);
    await note(
      'recorded, then destroyed: the submission is its owner’s',
      device.popErrorScope().then((error) => (error ? 'refused' : 'taken')),
    );
    await note('read', out.read());
    await note('after', quarters(engine));
    await note('done', engine.done());
  });
  device.destroy();
  return story;
}

let cycling: Awaited<ReturnType<typeof makeCycling>> | undefined;

async function makeCycling() {
  const device = await requestDevice();
  const live = liveBuffers(device);
  const engine = await createEngine({ device });
  const stray: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => stray.push(error.message));
  return { device, live, engine, stray };
}

/** Creates, runs and destroys so many times; buffers and bytes that are left, and wrong results. */
export async function cycles(count: number) {
  cycling ??= await makeCycling();
  const { live, engine, stray } = cycling;
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    const x = engine.tensor([1, 1, 1, 1], [4]);
    const y = softmax(x);
    if (i % 10 === 0) {
      const { loss } = crossEntropyWithGrad(y, [i % 4], { out: { grad: y } });
      const reading = loss.read();
      loss.destroy();
      if (!(Math.abs((await reading)[0]! - Math.log(4)) < 1e-6)) wrong++;
    }
    x.destroy();
    y.destroy();
    if (i % 500 === 0) await engine.done();
  }
  await engine.done();
  return { ...live, wrong, stray };
}

/** Bytes of garbage that make a browser look for more of it. */
const GARBAGE = 2 ** 24;

/**
 * How many of the tensors of so many cycles their browser does not collect within a minute.
 *
 * @param few may be left where the last calls had them: it looks no further.
 */
export async function survivors(count: number, few: number): Promise<number> {
  cycling ??= await makeCycling();
  const { engine } = cycling;
  let alive = 2 * count;
  // Not by WeakRefs: to look at one keeps what it refers to.
  const registry = new FinalizationRegistry(() => alive--);
  for (let i = 0; i < count; i++) {
    const x = engine.tensor([1, 1, 1, 1], [4]);
    const y = softmax(x);
    registry.register(x, undefined);
    registry.register(y, undefined);
    x.destroy();
    y.destroy();
  }
  await engine.done();
  const end = performance.now() + 60_000;
  while (alive > few && performance.now() < end) {
    new Uint8Array(GARBAGE).fill(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return alive;
}

/** Engines made, used and destroyed on one borrowed device: the buffers that each leaves. */
export async function engineCycles(count: number) {
  const device = await requestDevice();
  const live = liveBuffers(device);
  const left: number[] = [];
  for (let i = 0; i < count; i++) {
    const engine = await createEngine({ device });
    const x = engine.tensor([1, 1, 1, 1], [4]);
    const y = softmax(x);
    const values = await y.read();
    x.destroy();
    y.destroy();
    engine.destroy();
    if (values.some((v) => v !== 0.25)) throw new Error(`engine ${i}: ${values.join()}`);
    left.push(live.buffers);
  }
  device.destroy();
  return left;
}

/** Many callers at once on two engines of one device, one of which is destroyed half way. */
export async function manyCallers(callers: number): Promise<Told> {
  const device = await requestDevice();
  const [a, b] = [await createEngine({ device }), await createEngine({ device })];
  const shape = [3, 8];
  const caller = async (engine: Engine, seed: number) => {
    const x = { data: logits(seed, 24), shape };
    using input = engine.tensor(x.data, shape);
    using y = softmax(input);
    const first = compare(await y.read(), reference.softmax(x));
    using logY = logSoftmax(input, { axis: seed % 2 });
    const second = compare(await logY.read(), reference.logSoftmax(x, { axis: seed % 2 }));
    return first.ok && second.ok ? 'right' : `caller ${seed} is wrong`;
  };
  const story = await tell([device], async (note) => {
    const all = Array.from({ length: callers }, (_, i) => caller(i % 2 ? a : b, i));
    const answers = new Set(await Promise.all(all));
    await note('callers', [...answers].join());
    const under = Array.from({ length: 20 }, (_, i) => caller(i % 2 ? a : b, i));
    b.destroy();
    const ends = await Promise.allSettled(under);
    const of = (kept: boolean) => ends.filter((_, i) => (i % 2 === 1) === kept);
    const word = (end: PromiseSettledResult<string>) =>
      end.status === 'fulfilled' ? end.value : String(end.reason);
    await note('callers of the other engine', [...new Set(of(true).map(word))].join());
    await note('callers of the destroyed engine', [...new Set(of(false).map(word))].join('; '));
    await note('after', quarters(a));
    await note('done', a.done());
  });
  device.destroy();
  return story;
}
