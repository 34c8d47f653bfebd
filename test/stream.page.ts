/** Streams of rows: their results, their memory, and what becomes of faults. */

import { compare } from '../conformance/compare';
import { logits } from '../conformance/random';
import {
  createEngine,
  f16,
  type GpuTensor,
  type RowSource,
  sample,
  softmax,
  stream,
  type TopK,
  topK,
} from '../src/index';
import * as reference from '../src/reference';
import { scarce } from './harness/scarce';

/** An engine whose device counts the buffers that are alive. */
async function counted() {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const alive = new Set<GPUBuffer>();
  let bytes = 0;
  let most = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    alive.add(buffer);
    bytes += buffer.size;
    most = Math.max(most, bytes);
    buffer.destroy = () => {
      if (alive.delete(buffer)) bytes -= buffer.size;
      destroy();
    };
    return buffer;
  };
  const engine = await createEngine({ device, f16 });
  // What stays are the engine's own: uniforms and scratch.
  const ofStream = () => [...alive].filter(({ label }) => /stream|softmax \[|topK/.test(label));
  return { engine, device, ofStream, most: () => most };
}

const CLASSES = 100;
const softmaxOf = (x: GpuTensor, _: number, out: GpuTensor | undefined) => softmax(x, { out });
const block = (seed: number, rows: number) => logits(seed, rows * CLASSES);

async function gather<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** The results of every kind of source, and of blocks of different sizes. */
export async function results(): Promise<string[]> {
  const { engine, device, ofStream } = await counted();
  const problems: string[] = [];
  const sizes = [8, 8, 8, 8, 3, 0, 8, 1];
  const blocks = sizes.map((rows, i) => block(i, rows));
  const sources: Record<string, () => RowSource> = {
    array: () => blocks,
    async *generator() {
      for (const rows of blocks) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield rows;
      }
    },
    stream: () =>
      new ReadableStream({
        start(controller) {
          for (const rows of blocks) controller.enqueue(rows);
          controller.close();
        },
      }),
    reader: () => {
      const stream = (sources.stream as () => ReadableStream<Float32Array>)();
      // As in a browser whose streams are not iterable.
      Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
      return stream;
    },
  };
  for (const [name, source] of Object.entries(sources)) {
    const all = await gather(
      name === 'array'
        ? stream(engine, source(), (x) => softmax(x), { classes: CLASSES })
        : stream(engine, source(), softmaxOf, { classes: CLASSES }),
    );
    if (all.length !== blocks.length) problems.push(`${name}: ${all.length} results`);
    all.forEach((p, i) => {
      const x = { data: blocks[i]!, shape: [sizes[i]!, CLASSES] };
      if (!compare(p as Float32Array, reference.softmax(x)).ok)
        problems.push(`${name}: block ${i}`);
    });
    if (ofStream().length > 0) problems.push(`${name}: ${ofStream().length} buffers left`);
  }
  // Results by name, of f16 rows, and draws by the rows' numbers in the stream.
  const picks = await gather(
    stream(engine, blocks, (x, _, out?: TopK) => topK(x, 3, { out }), {
      classes: CLASSES,
      dtype: 'f16',
      depth: 2,
    }),
  );
  picks.forEach(({ values, indices }, i) => {
    if (values.length !== 3 * sizes[i]! || indices.length !== 3 * sizes[i]!) {
      problems.push(`topK: block ${i}`);
    }
  });
  const draws = await gather(
    stream(engine, blocks, (x, firstRow) => sample(x, { seed: 5, rowOffset: firstRow }), {
      classes: CLASSES,
    }),
  );
  const whole = new Float32Array(blocks.flatMap((rows) => Array.from(rows)));
  const rows = whole.length / CLASSES;
  const expected = await sample(engine.tensor(whole, [rows, CLASSES]), { seed: 5 }).read();
  if (draws.flatMap((d) => Array.from(d)).join() !== expected.join()) problems.push('sample');
  const from = await gather(
    stream(
      engine,
      blocks.slice(1),
      (x, firstRow) => sample(x, { seed: 5, rowOffset: 8 + firstRow }),
      { classes: CLASSES },
    ),
  );
  if (from.flatMap((d) => Array.from(d)).join() !== expected.subarray(8).join()) {
    problems.push('sample from a row on');
  }
  device.destroy();
  return problems;
}

/** How many blocks a stream asks for before its first result is taken, and while one is. */
export async function pressure() {
  const { engine, device, ofStream } = await counted();
  let asked = 0;
  async function* source() {
    // A slot for blocks of another size takes the place of one.
    for (;;) yield block(asked, 8 + (asked++ % 3));
  }
  const results = stream(engine, source(), softmaxOf, { classes: CLASSES, depth: 4 });
  const before = asked;
  await results.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const first = asked;
  for (let i = 0; i < 20; i++) await results.next();
  const buffers = ofStream().length;
  const later = asked;
  await results.return();
  const left = ofStream().length;
  device.destroy();
  return { before, first, later, buffers, left };
}

/** What is told, and what is left, when a stream ends before its source does. */
export async function faults() {
  const { engine, device, ofStream } = await counted();
  const told = async (results: AsyncIterable<unknown>) => {
    let taken = 0;
    try {
      for await (const _ of results) taken++;
      return `${taken}, no error, ${ofStream().length} left`;
    } catch (error) {
      return `${taken}, ${(error as Error).message ?? error}, ${ofStream().length} left`;
    }
  };
  let closed = 0;
  async function* endless(blocks = Infinity) {
    try {
      for (let i = 0; i < blocks; i++) yield block(i, 8);
    } finally {
      closed++;
    }
  }
  const classes = { classes: CLASSES };
  const outcomes: Record<string, string> = {};
  outcomes.source = await told(
    stream(
      engine,
      (async function* () {
        yield block(1, 8);
        yield block(2, 8);
        throw new Error('the source broke');
      })(),
      softmaxOf,
      classes,
    ),
  );
  let calls = 0;
  outcomes.operation = await told(
    stream(
      engine,
      endless(),
      (x) => {
        if (++calls === 5) throw new Error('the operation broke');
        return softmax(x);
      },
      classes,
    ),
  );
  outcomes.block = await told(
    stream(engine, [block(1, 8), new Float32Array(99)], softmaxOf, classes),
  );
  // What only the GPU can tell: of the operation's work, and of the stream's own.
  const other = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const usage = GPUBufferUsage.STORAGE;
  const foreign = engine.wrap(other.createBuffer({ size: 4 * 8 * CLASSES, usage }), [8, CLASSES]);
  const runOut = scarce(device);
  for (const [name, at, spoil] of [
    ['work', 4, () => foreign],
    ['result', 3, () => runOut(/softmax \[/)],
    ['staging', 2, () => runOut(/stream$/)],
  ] as const) {
    calls = 0;
    outcomes[name] = await told(
      // As many as would end it, were nothing told.
      stream(engine, endless(20), (x) => softmax((++calls === at && spoil()) || x), classes),
    );
  }
  other.destroy();
  outcomes.done = await engine.done().then(
    () => 'fine',
    ({ message }) => message,
  );
  const controller = new AbortController();
  const aborted = stream(engine, endless(), softmaxOf, { ...classes, signal: controller.signal });
  await aborted.next();
  controller.abort(new Error('enough'));
  outcomes.abort = await told(aborted);
  const early = AbortSignal.abort(new Error('before it began'));
  outcomes.early = await told(stream(engine, endless(), softmaxOf, { ...classes, signal: early }));
  // A source that never answers.
  const waiting = new AbortController();
  const hung = stream(
    engine,
    { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) },
    softmaxOf,
    { ...classes, signal: waiting.signal },
  );
  setTimeout(() => waiting.abort(new Error('no patience')), 20);
  outcomes.hung = await told(hung);
  const left = stream(engine, endless(), softmaxOf, classes);
  for await (const _ of left) break;
  outcomes.left = `${ofStream().length} left`;
  await engine.done();
  const lost = stream(engine, endless(), softmaxOf, classes);
  await lost.next();
  device.destroy();
  await engine.lost;
  // Results that were there before it was lost may still come.
  outcomes.lost = (await told(lost)).replace(/^\d+, (.*\(destroyed): .*(\); )/s, '$1$2');
  return { outcomes, closed };
}

/** What is thrown at the call. */
export async function refusals(): Promise<string[]> {
  const { engine, device } = await counted();
  // biome-ignore lint/suspicious/noExplicitAny: the point is a wrong type
  const wrong = (value: unknown): any => value;
  const calls = [
    () => stream(engine, wrong(5), softmaxOf, { classes: 10 }),
    () => stream(engine, [], wrong('softmin'), { classes: 10 }),
    () => stream(engine, [], softmaxOf, wrong({})),
    () => stream(engine, [], softmaxOf, { classes: 10, depth: 1 }),
    () => stream(engine, [], softmaxOf, { classes: 10, dtype: wrong('f64') }),
  ];
  const told = calls.map((call) => {
    try {
      call();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  });
  device.destroy();
  return told;
}
