/** Host data in memory that browsers refuse, or that is gone. */
import {
  createEngine,
  crossEntropy,
  crossEntropyWithGrad,
  type Engine,
  f16,
  type GpuTensor,
  softmax,
  stream,
} from '../../src/index';

const softmaxOf = (x: GpuTensor) => softmax(x);

type Resizable = ArrayBuffer & { resize(bytes: number): void };
type MakeMemory<T> = new (bytes: number, options?: { maxByteLength: number }) => T;

// As the libraries of ES2024 declare them.
const Unshared = ArrayBuffer as MakeMemory<ArrayBuffer> as MakeMemory<Resizable>;
const Shared = SharedArrayBuffer as MakeMemory<SharedArrayBuffer>;

/** Memory of some bytes, of a kind that a browser may refuse. */
const kinds: Record<string, (bytes: number) => ArrayBufferLike> = {
  resizable: (bytes) => new Unshared(bytes, { maxByteLength: 2 * bytes }),
  shared: (bytes) => new Shared(bytes),
  growable: (bytes) => new Shared(bytes, { maxByteLength: 2 * bytes }),
};

type Typed = Float32Array | Int32Array | Uint32Array;
type Constructor = new (buffer: ArrayBufferLike, byteOffset: number, length?: number) => Typed;

/** Every class of host data, and the dtypes it may be of. */
const classes: [Constructor, readonly ('f32' | 'f16' | 'i32' | 'u32')[]][] = [
  [Float32Array, ['f32', 'f16']],
  [Int32Array, ['i32']],
  [Uint32Array, ['u32']],
];
const Half = (globalThis as { Float16Array?: Constructor }).Float16Array;
if (Half) classes.push([Half, ['f16']]);

async function onEngine<T>(story: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await createEngine({ f16 });
  const result = await story(engine);
  await engine.done();
  engine.destroy();
  return result;
}

/** What is read of what was uploaded, by memory, class and dtype; '1,2,3' where it is right. */
export const uploads = () =>
  onEngine(async (engine) => {
    const read: Record<string, string> = {};
    for (const [kind, make] of Object.entries(kinds)) {
      for (const [Type, dtypes] of classes) {
        for (const dtype of dtypes) {
          const size = Type === Half ? 2 : 4;
          const whole = make(4 * size);
          const view = new Type(whole, size, 3);
          view.set([1, 2, 3]);
          const x = engine.tensor(view, [3], { dtype });
          // What was uploaded is a copy.
          view.fill(9);
          read[`${kind} ${Type.name} ${dtype}`] = (await x.read()).join();
          x.destroy();
        }
      }
    }
    return read;
  });

/** The other ways for host data in, from every kind of memory. */
export const others = () =>
  onEngine(async (engine) => {
    const told: Record<string, string> = {};
    for (const [kind, make] of Object.entries(kinds)) {
      const rows = new Float32Array(make(32), 0, 8);
      const targets = new Int32Array(make(8), 0, 2);
      targets.fill(1);
      const x = engine.tensor(new Float32Array(8), [2, 4]);
      const { loss } = crossEntropy(x, targets);
      told[`${kind} targets`] = (await loss.read())[0]!.toFixed(4);
      for (const dtype of ['f32', 'f16'] as const) {
        const blocks: string[] = [];
        for await (const p of stream(engine, [rows, rows], softmaxOf, { classes: 4, dtype })) {
          blocks.push(p.join());
        }
        told[`${kind} stream ${dtype}`] = blocks.join(' ');
      }
    }
    // A view without a length of its own follows its buffer.
    const buffer = new Unshared(8, { maxByteLength: 16 });
    const view = new Float32Array(buffer);
    buffer.resize(16);
    told['as long as its buffer'] = (await engine.tensor(view, [4]).read()).join();
    buffer.resize(4);
    told['as short as its buffer'] = (await engine.tensor(view, [1]).read()).join();
    return told;
  });

/** What is said of memory that is gone, and whether the engine's memory is what it was. */
export const gone = () =>
  onEngine(async (engine) => {
    const x = engine.tensor(new Float32Array(4), [2, 2]);
    crossEntropy(x, [0, 1]).loss.destroy();
    await engine.done();
    const transferred = <T extends Typed>(view: T): T => {
      structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
      return view;
    };
    const cutOff = (Type: Constructor, length?: number) => {
      const buffer = new Unshared(16, { maxByteLength: 16 });
      const view = new Type(buffer, 8, length);
      buffer.resize(4);
      return view;
    };
    const drain = async (block: Float32Array) => {
      for await (const _ of stream(engine, [block], softmaxOf, { classes: 2 }));
    };
    const calls: Record<string, () => unknown> = {
      transferred: () => engine.tensor(transferred(new Float32Array(2)), [2]),
      'transferred, of no element': () => engine.tensor(transferred(new Float32Array(2)), [0]),
      'cut off': () => engine.tensor(cutOff(Uint32Array, 2) as Uint32Array, [2]),
      'cut off, following': () => engine.tensor(cutOff(Int32Array) as Int32Array, [2]),
      targets: () => crossEntropy(x, transferred(new Int32Array(2))),
      block: () => drain(transferred(new Float32Array(4))),
      'a block cut off': () => drain(cutOff(Float32Array, 2) as Float32Array),
    };
    const { bytes } = engine.memory;
    const told: Record<string, string> = {};
    for (const [label, call] of Object.entries(calls)) told[label] = await said(call);
    const { bytes: after } = engine.memory;
    // Empty, and all there.
    told.empty = `${(await engine.tensor(new Float32Array(0), [0, 3]).read()).length}`;
    return { told, left: after - bytes };
  });

/** Uploads that the queue refuses, by a queue that does: what is left of them. */
export const refused = () =>
  onEngine(async (engine) => {
    const { queue } = engine.device;
    const x = engine.tensor(new Float32Array(4), [2, 2]);
    crossEntropyWithGrad(x, [0, 1]).grad.destroy();
    await engine.done();
    const live = new Set<GPUBuffer>();
    const make = engine.device.createBuffer.bind(engine.device);
    engine.device.createBuffer = (descriptor) => {
      const buffer = make(descriptor);
      live.add(buffer);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        live.delete(buffer);
        destroy();
      };
      return buffer;
    };
    const write = queue.writeBuffer.bind(queue);
    queue.writeBuffer = () => {
      throw new TypeError('no');
    };
    const { bytes } = engine.memory;
    const told = {
      tensor: await said(() => engine.tensor([1, 2], [2])),
      targets: await said(() => crossEntropyWithGrad(x, [0, 1])),
      stream: await said(async () => {
        const rows = stream(engine, [new Float32Array(4)], softmaxOf, { classes: 2 });
        for await (const _ of rows);
      }),
    };
    const left = [engine.memory.bytes - bytes, live.size];
    queue.writeBuffer = write as typeof queue.writeBuffer;
    return { told, left, after: (await softmax(x).read()).join() };
  });

async function said(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'fine';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}
