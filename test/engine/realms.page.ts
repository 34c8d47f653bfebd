/** Objects of another frame, and of the copy of the library that runs there. */
import {
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  type Engine,
  f16,
  type GpuTensor,
  linearCrossEntropy,
  logSumExp,
  softmax,
  stream,
} from '../../src/index';

type Library = typeof import('../../src/index');

/** A frame of the same origin: it has classes of its own, and modules of its own. */
async function frame() {
  const element = document.createElement('iframe');
  element.src = '/test/browser/blank.html';
  await new Promise((resolve) => {
    element.addEventListener('load', resolve);
    document.body.append(element);
  });
  const there = element.contentWindow as Window & typeof globalThis;
  const script = there.document.createElement('script');
  script.textContent = 'globalThis.load = (module) => import(module);';
  there.document.head.append(script);
  const { load } = there as unknown as { load(module: string): Promise<Library> };
  return { there, library: await load('/src/index.ts') };
}

const said = async (call: () => unknown): Promise<string> => {
  try {
    const value = await call();
    return ArrayBuffer.isView(value) ? (value as Float32Array).join() : String(value);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

/** Everything that is right but for its frame. */
export async function ofFrame(): Promise<Record<string, string>> {
  const { there } = await frame();
  const device = await (await there.navigator.gpu.requestAdapter())!.requestDevice();
  const engine = await createEngine({ device, f16 });
  const read = (x: GpuTensor) => said(() => x.read());
  const told: Record<string, string> = {
    device: String(!(device instanceof GPUDevice)),
    Float32Array: await read(engine.tensor(new there.Float32Array([1, 2]), [2])),
    halves: await read(engine.tensor(new there.Float32Array([1, 2]), [2], { dtype: 'f16' })),
    Int32Array: await read(engine.tensor(new there.Int32Array([1, 2]), [2])),
    Uint32Array: await read(engine.tensor(new there.Uint32Array([1, 2]), [2])),
    array: await read(engine.tensor(new there.Array(1, 2, 3), new there.Array(1, 3))),
  };
  type Halves = { Float16Array?: new (data: number[]) => Float32Array };
  const { Float16Array: Half } = there as unknown as Halves;
  if (Half) {
    const halves = engine.tensor(new Half([1, 2]), [2]);
    told.Float16Array = `${halves.dtype} ${await read(halves)}`;
  }
  const usage = 128 | 4 | 8;
  const buffer = device.createBuffer({ size: 16, usage });
  const x = engine.wrap(buffer, [1, 4]);
  told.buffer = await read(softmax(x));
  told.targets = await read(crossEntropyGrad(x, new there.Int32Array([3])));
  const options = new there.Object() as object;
  told.options = await read(softmax(x, Object.assign(options, { axis: 0 })));
  const encoder = device.createCommandEncoder();
  const recorded = softmax(x, { encoder });
  const pass = encoder.beginComputePass();
  const passed = logSumExp(x, { pass });
  pass.end();
  device.queue.submit([encoder.finish()]);
  told.encoder = await read(recorded);
  told.pass = await read(passed);
  const rows = new there.ReadableStream({
    start(controller) {
      controller.enqueue(new there.Float32Array(4));
      controller.close();
    },
  });
  Object.defineProperty(rows, Symbol.asyncIterator, { value: undefined });
  told.stream = await said(async () => {
    const parts: string[] = [];
    for await (const p of stream(engine, rows, (x) => softmax(x), { classes: 4 }))
      parts.push(p.join());
    return parts.join(' ');
  });
  const signal = there.AbortSignal.abort('enough');
  told.signal = await said(() => createEngine({ signal }).catch(String));
  told['out of memory'] = await outOfMemory(engine, there);
  device.destroy();
  return told;
}

/** An error of the frame's, in our words. */
async function outOfMemory(engine: Engine, there: typeof globalThis): Promise<string> {
  const { device } = engine;
  const pop = device.popErrorScope.bind(device);
  let told = false;
  device.popErrorScope = async () => {
    await pop();
    if (told) return null;
    told = true;
    return new there.GPUOutOfMemoryError('none left');
  };
  return said(() => engine.tensor([1], [1]).read());
}

/** What is said of tensors that another copy of the library made. */
export async function ofCopy(): Promise<Record<string, string>> {
  const { library } = await frame();
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const [engine, other] = [await createEngine({ device }), await library.createEngine({ device })];
  const x = engine.tensor([1, 1, 1, 1], [1, 4]);
  const theirs = other.tensor([1, 1, 1, 1], [1, 4]) as GpuTensor<'f32'>;
  const { loss } = library.crossEntropy(theirs as never, [0]);
  const calls: Record<string, () => unknown> = {
    x: () => softmax(theirs),
    out: () => softmax(x, { out: theirs }),
    mask: () => softmax(x, { mask: theirs }),
    targets: () => crossEntropy(x, theirs),
    classWeights: () => crossEntropy(x, [0], { classWeights: theirs }),
    lossGrad: () => crossEntropyGrad(x, [0], { lossGrad: loss as GpuTensor }),
    rows: () => linearCrossEntropy(x, x, x, { rows: theirs }),
    'in place of options': () => softmax(x, theirs as object),
    streamed: async () => {
      const rows = stream(engine, [new Float32Array(4)], () => theirs, { classes: 4 });
      for await (const _ of rows);
    },
    // Its buffer may be wrapped.
    wrapped: () => softmax(engine.wrap(theirs.buffer, theirs.shape)).read(),
  };
  const told: Record<string, string> = { copy: String(theirs.constructor !== x.constructor) };
  for (const [label, call] of Object.entries(calls)) told[label] = await said(call);
  device.destroy();
  return told;
}
