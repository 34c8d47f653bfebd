import {
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  crossEntropyWithGrad,
  type Engine,
  type GpuTensor,
  logSoftmax,
  logSoftmaxVjp,
  logSumExp,
  softmax,
  softmaxJacobian,
  softmaxVjp,
  stream,
} from '../src/index';
import { scarce } from './harness/scarce';
import {
  bits,
  destroyAll,
  optionCalls,
  otherCalls,
  plainCalls,
  type Tensors,
  take,
  upload,
} from './ops/calls';

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

const requestDevice = async () => (await navigator.gpu.requestAdapter())!.requestDevice();

/** What happened, by label, and the errors that came out anywhere else. */
interface Story {
  told: Record<string, string>;
  stray: string[];
}

/** Runs a story; errors that nobody was waiting for are noted. */
async function tell(
  devices: readonly GPUDevice[],
  story: (note: (label: string, what: unknown) => Promise<void>) => Promise<void>,
): Promise<Story> {
  const told: Record<string, string> = {};
  const stray: string[] = [];
  const rejected = (event: PromiseRejectionEvent) => {
    stray.push(`unhandled rejection: ${event.reason}`);
    event.preventDefault();
  };
  const uncaptured = (event: GPUUncapturedErrorEvent) => {
    stray.push(`uncaptured error: ${event.error.message}`);
    event.preventDefault();
  };
  addEventListener('unhandledrejection', rejected);
  for (const device of devices) device.addEventListener('uncapturederror', uncaptured);
  await story(async (label, what) => {
    told[label] = await said(what);
  });
  // Unhandled rejections are told in a task of their own.
  await new Promise((resolve) => setTimeout(resolve, 50));
  removeEventListener('unhandledrejection', rejected);
  for (const device of devices) device.removeEventListener('uncapturederror', uncaptured);
  return { told, stray };
}

/** The value or the error of a call or promise, in words. */
async function said(what: unknown): Promise<string> {
  try {
    const value = await (typeof what === 'function' ? what() : what);
    if (ArrayBuffer.isView(value)) return `[${[...(value as Float32Array)].join(', ')}]`;
    return value === undefined ? 'fine' : String(value);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const one = (engine: Engine) => softmax(engine.tensor([1, 1, 1, 1], [4])).read();

/** A wrapped buffer of another device. */
export async function foreignBuffer(): Promise<Story> {
  const [device, other] = [await requestDevice(), await requestDevice()];
  const engine = await createEngine({ device });
  const buffer = other.createBuffer({ size: 64, usage: usage() });
  const story = await tell([device, other], async (note) => {
    const x = engine.wrap(buffer, [4, 4]);
    const own = engine.tensor(new Float32Array(16), [4, 4]);
    await note('unrelated before', softmax(own).read());
    const y = softmax(x);
    await note('read', y.read());
    await note('read again', y.read());
    await note('what is made of it', logSoftmaxVjp(y, own).read());
    const out = engine.tensor(new Float32Array(16), [4, 4]);
    softmaxVjp(own, own, { out: x });
    await note('out', x.read());
    crossEntropy(own, [0, 1, 2, 3], {
      out: {
        loss: engine.wrap(buffer, []),
        logSumExp: engine.wrap(buffer, [4], { byteOffset: 4 }),
      },
    });
    for (let i = 1; i <= 4; i++) await note(`done ${i}`, engine.done());
    await note('unrelated after', one(engine));
    await note('the input itself', x.read());
    logSumExp(x);
    out.destroy();
  });
  device.destroy();
  other.destroy();
  return story;
}

/** A buffer that turned out unfit after it was wrapped. */
export async function spoiltBuffers(): Promise<Story> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  const story = await tell([device], async (note) => {
    const mappable = device.createBuffer({ size: 16, usage: usage() });
    const gone = engine.wrap(mappable, [4]);
    mappable.destroy();
    await note('destroyed by its owner', softmax(gone).read());
    await note('reading it', gone.read());
    const mute = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    await note(
      'without COPY_SRC',
      softmax(engine.wrap(mute, [4]), { out: engine.wrap(mute, [4]) }).read(),
    );
    await note('done', engine.done());
    await note('done again', engine.done());
    await note('unrelated', one(engine));
  });
  device.destroy();
  return story;
}

/**
 * Buffers of ours that are destroyed, some behind a tensor's back, after calls on them went well:
 * those calls are not bracketed by error scopes any more.
 */
export async function spoiltLater(): Promise<Story> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  const push = device.pushErrorScope.bind(device);
  let scopes = 0;
  device.pushErrorScope = (filter) => {
    scopes++;
    push(filter);
  };
  const story = await tell([device], async (note) => {
    const tensor = () => engine.tensor([1, 1, 1, 1], [4]);
    const [x, out, alias] = [tensor(), tensor(), tensor()];
    const wrapped = engine.wrap(alias.buffer, [4]);
    const foreign = engine.wrap(device.createBuffer({ size: 16, usage: usage() }), [4]);
    const scopesOf = (call: () => unknown) => {
      scopes = 0;
      call();
      return scopes;
    };
    for (const [name, from, to] of [
      ['ours', x, out],
      ['an alias', wrapped, out],
      ['wrapped', foreign, out],
    ] as const) {
      const call = () => softmax(from, { out: to });
      const first = scopesOf(call) > 1;
      const second = scopesOf(call);
      await engine.done();
      await note(`scopes, ${name}`, `${first}, ${second}, ${scopesOf(call)}`);
    }
    await note('before', out.read());
    alias.destroy();
    softmax(wrapped, { out });
    await note('an alias of a destroyed tensor', out.read());
    await note('done', engine.done());
    softmax(x, { out });
    await note('the other', out.read());
    x.buffer.destroy();
    softmax(x, { out });
    await note('behind its back', out.read());
    await note('done again', engine.done());
    await note('done at last', engine.done());
  });
  device.destroy();
  return story;
}

/** Out of memory. */
export async function outOfMemory(): Promise<Story> {
  const device = await requestDevice();
  const runOut = scarce(device);
  const engine = await createEngine({ device });
  const story = await tell([device], async (note) => {
    const x = engine.tensor([1, 1, 1, 1], [4]);
    // Its kernel is there, and its uniforms.
    softmax(x).destroy();
    await engine.done();
    runOut();
    const y = softmax(x);
    await note('result', y.read());
    await note('what is made of it', softmax(y).read());
    runOut();
    const t = engine.tensor([1, 2], [2]);
    await note('upload', t.read());
    await note('what is made of the upload', softmax(t).read());
    runOut();
    await note('staging', x.read());
    await note('done', engine.done());
    await note('done again', engine.done());
    await note('done at last', engine.done());
    await note('after', one(engine));
  });
  device.destroy();
  return story;
}

/** A device that is lost while work waits and before work is asked for. */
export async function lostDevice(): Promise<Story> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  return tell([device], async (note) => {
    const x = engine.tensor(new Float32Array(4), [4]);
    const pending = softmax(x).read();
    const done = engine.done();
    device.destroy();
    await note('pending read', pending);
    await note(
      'pending done',
      done.then(
        () => 'either',
        () => 'either',
      ),
    );
    await note(
      'lost',
      engine.lost.then(({ reason }) => reason),
    );
    await note('read', softmax(x).read());
    await note('upload and read', () => engine.tensor([1], [1]).read());
    await note('done', engine.done());
    await note('destroy', () => engine.destroy());
    await note('a tensor after all', () => x.destroy());
  });
}

/** A device that is lost as soon as what is read is there, and before it is told so. */
export async function lostWhileReading(): Promise<Story> {
  const devices: GPUDevice[] = [];
  const engine = async () => {
    const device = await requestDevice();
    devices.push(device);
    const make = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = make(descriptor);
      const map = buffer.mapAsync.bind(buffer);
      // What waits for the map comes first.
      const lose = () => queueMicrotask(() => queueMicrotask(() => device.destroy()));
      buffer.mapAsync = (mode) => map(mode).then(lose) as Promise<undefined>;
      return buffer;
    };
    return createEngine({ device });
  };
  return tell(devices, async (note) => {
    const [reading, streaming] = [await engine(), await engine()];
    await note('read', one(reading));
    await note('stream', async () => {
      const rows = stream(streaming, [new Float32Array(4)], (x) => softmax(x), { classes: 4 });
      const { value } = await rows.next();
      await rows.return();
      return value;
    });
  });
}

/** An engine after its end: on a device of its own, and on a borrowed one. */
export async function destroyedEngine(): Promise<Story> {
  const device = await requestDevice();
  const [own, borrowed, neighbour] = [
    await createEngine(),
    await createEngine({ device }),
    await createEngine({ device }),
  ];
  const buffer = device.createBuffer({ size: 16, usage: usage() });
  device.queue.writeBuffer(buffer, 0, new Float32Array([1, 1, 1, 1]));
  const story = await tell([device, own.device], async (note) => {
    const x = own.tensor([1, 2, 3], [3]);
    const read = softmax(x).read();
    const wrapped = borrowed.wrap(buffer, [4]);
    softmax(wrapped, { out: wrapped });
    for (const engine of [own, own, borrowed, borrowed]) engine.destroy();
    await note('a read under way', read);
    await note(
      'own device',
      own.lost.then(({ reason }) => reason),
    );
    for (const [name, call] of Object.entries({
      softmax: () => softmax(x),
      crossEntropy: () => crossEntropy(x, [1]),
      softmaxJacobian: () => softmaxJacobian(x),
      tensor: () => own.tensor([1], [1]),
      wrap: () => borrowed.wrap(buffer, [4]),
      read: () => x.read(),
      done: () => own.done(),
    })) {
      await note(name, call);
    }
    await note('alive', () => `${own.alive}, ${borrowed.alive}`);
    await note('borrowed device', one(neighbour));
    await note('wrapped buffer', () => neighbour.wrap(buffer, [4]).read());
  });
  device.destroy();
  return story;
}

/** What destroying a tensor does, and to whose buffer. */
export async function destroyedTensors(): Promise<Story> {
  const device = await requestDevice();
  const engine = await createEngine({ device });
  const buffer = device.createBuffer({ size: 16, usage: usage() });
  const story = await tell([device], async (note) => {
    let own: GpuTensor;
    let borrowed: GpuTensor;
    {
      using x = engine.tensor([1, 1, 1, 1], [4]);
      using y = engine.wrap(buffer, [4]);
      softmax(x, { out: y });
      own = x;
      borrowed = y;
    }
    await note('after using', () => `${own.destroyed}, ${borrowed.destroyed}`);
    await note('twice', () => own.destroy());
    await note('read', own.read());
    await note('op', () => softmax(borrowed));
    await note('the buffer wrapped', engine.wrap(buffer, [4]).read());
    // Destroyed once it is no longer needed by the host, though the GPU may still work on it.
    const x = engine.tensor([1, 1, 1, 1], [4]);
    const y = softmax(x);
    x.destroy();
    await note('the result of a destroyed tensor', y.read());
    const last = await createEngine();
    {
      using engine = last;
      await note('engine', one(engine));
    }
    await note('engine after using', () => one(last));
    await note('done', engine.done());
  });
  device.destroy();
  return story;
}

const text = (tensors: Record<string, Float32Array>) =>
  Object.entries(tensors)
    .map(([name, values]) => `${name} [${[...values].join(', ')}]`)
    .join(', ');

/** Every operation on a batch without rows: results in words, by call and shape. */
export async function zeroRows(): Promise<Record<string, string>> {
  const engine = await createEngine();
  const results: Record<string, string> = {};
  for (const [shape, axis] of [
    [[0, 5], -1],
    [[0, 5000], -1],
    [[3, 0, 4], 2],
    [[3, 0, 4], 0],
    [[5, 0], 0],
  ] as const) {
    const of = { shape, axis };
    // A layer without rows has gradients of its weights.
    const others = otherCalls(of).filter(({ name }) => name !== 'linearCrossEntropy');
    for (const call of [...plainCalls(of), ...optionCalls(of), ...others]) {
      const inputs = upload(engine, call);
      const outputs = call.run(inputs);
      const label = `${call.name} of [${shape.join(', ')}] along ${axis}`;
      for (const [name, wanted] of Object.entries(call.outputs)) {
        const { shape: got } = outputs[name]!;
        if (got.join() !== wanted.join())
          throw new Error(`${label}: ${name} has shape [${got.join(', ')}]`);
      }
      results[label] = text(await take(outputs));
      destroyAll(inputs);
    }
  }
  const x = engine.tensor([], [0, 5]);
  for (const reduction of ['mean', 'sum', 'none'] as const) {
    const { loss } = crossEntropy(x, [], { reduction });
    results[`host targets, ${reduction}`] = text(await take({ loss }));
    const weighted = crossEntropyWithGrad(x, new Int32Array(0), {
      reduction,
      classWeights: engine.tensor([1, 2, 3, 4, 5], [5]),
      zLoss: 1,
    });
    results[`weights, ${reduction}`] = text(await take(weighted));
    const probabilities = crossEntropy(x, engine.tensor([], [0, 5]), { reduction });
    results[`probabilities, ${reduction}`] = text(await take({ loss: probabilities.loss }));
  }
  await engine.done();
  engine.destroy();
  return results;
}

/** Rows of one class, whose results are known without arithmetic; the inputs beside them. */
export async function oneClass(): Promise<Record<string, number[]>> {
  const engine = await createEngine();
  const values = [0, -3.5, 1e30, -1e30, 100, 2 ** -120, 7];
  const results: Record<string, number[]> = { values: [...new Float32Array(values)] };
  for (const [label, shape, axis] of [
    ['last', [7, 1], -1],
    ['first', [1, 7], 0],
    ['middle', [7, 1, 1], 1],
  ] as const) {
    const x = engine.tensor(values, shape);
    const ones = engine.tensor(new Float32Array(7).fill(1), shape);
    const targets = new Int32Array(7);
    const all: Tensors = {
      softmax: softmax(x, { axis }),
      logSoftmax: logSoftmax(x, { axis }),
      logSumExp: logSumExp(x, { axis }),
      softmaxVjp: softmaxVjp(ones, x, { axis }),
      jacobian: softmaxJacobian(ones, { axis }),
      loss: crossEntropy(x, targets, { axis, reduction: 'none' }).loss,
      grad: crossEntropyGrad(x, targets, { axis, reduction: 'none' }),
    };
    for (const [name, tensor] of Object.entries(await take(all))) {
      results[`${label} ${name}`] = [...tensor].map((v) => v + 0);
    }
  }
  engine.destroy();
  return results;
}

/** Many calls at once: the faults of none are remembered, so memory does not grow. */
export async function settled(): Promise<boolean> {
  const engine = await createEngine();
  const x = engine.tensor(new Float32Array(8).fill(2), [2, 4]);
  for (let i = 0; i < 300; i++) softmax(x, { out: x });
  await engine.done();
  const y = (await x.read()) as Float32Array;
  engine.destroy();
  return bits(y).every((word) => word === bits(new Float32Array([0.25]))[0]);
}
