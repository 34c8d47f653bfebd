import { sharedDevice, sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  countTokens,
  createEngine,
  type Engine,
  type GpuTensor,
  type SamplerOptions,
  sample,
  sampler,
} from '../../src/index';
import { countOn } from '../kernels/overhead.page';

/** Options of `sample` and of `sampler`. */
type Options = Omit<SamplerOptions, 'rows' | 'classes' | 'depth' | 'dtype'>;

/** The draws of `steps` steps, a batch each, as `sample` gives them one by one. */
async function expectedOf(batches: readonly GpuTensor[], rows: number, options: Options) {
  const all: number[][] = [];
  for (const [t, x] of batches.entries()) {
    using drawn = sample(x, { ...options, rowOffset: t * rows });
    all.push([...(await drawn.read())]);
  }
  return all;
}

/** Steps that differ from what `sample` draws, by their options. */
export async function equality(): Promise<string[]> {
  const engine = await sharedEngine();
  const problems: string[] = [];
  const cases: readonly (readonly [rows: number, classes: number, options: Options])[] = [
    [3, 5001, { seed: 2 ** 40 + 3 }],
    [1, 60, { seed: 5, temperature: 0.7 }],
    [2, 300, { seed: 6, temperature: 0 }],
    [3, 5001, { seed: 8, topK: 900, topP: 0.8, minP: 0.01, temperature: 3 }],
  ];
  for (const [rows, classes, options] of cases) {
    const batches = Array.from({ length: 4 }, (_, t) =>
      engine.tensor(logits(t + 1, rows * classes), [rows, classes]),
    );
    const expected = await expectedOf(batches, rows, options);
    using draws = sampler(engine, { rows, classes, depth: 4, ...options });
    // Two steps alone, then two in one encoder.
    for (const x of batches.slice(0, 2)) draws.next(x);
    const encoder = engine.device.createCommandEncoder();
    for (const x of batches.slice(2)) draws.next(x, { encoder });
    engine.device.queue.submit([encoder.finish()]);
    const found: number[][] = [];
    for (const tokens of await Promise.all(batches.map(() => draws.read())))
      found.push([...tokens]);
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      problems.push(`[${rows}, ${classes}]: ${JSON.stringify(found)}`);
    }
    for (const x of batches) x.destroy();
  }
  return problems;
}

/** Steps each with a mask of its own, on the host, on the GPU, for all rows or each, or none. */
export async function masked(): Promise<{ found: number[][]; expected: number[][] }> {
  const engine = await sharedEngine();
  const [rows, classes, words] = [2, 70, 3];
  using x = engine.tensor(
    logits(5, rows * classes).map((v) => v / 8),
    [rows, classes],
  );
  const bitsOf = (length: number, seed: number) =>
    Uint32Array.from({ length }, (_, i) => Math.imul(0x9e3779b9, seed + i) | 1);
  using onGpu = engine.tensor(bitsOf(rows * words, 3), [rows, words]);
  const masks = [bitsOf(words, 1), bitsOf(rows * words, 2), onGpu, undefined, bitsOf(words, 4)];
  using draws = sampler(engine, { rows, classes, seed: 6, depth: masks.length });
  const expected: number[][] = [];
  for (const [t, bits] of masks.entries()) {
    draws.next(x, { bits });
    using drawn = sample(x, { seed: 6, rowOffset: rows * t, ...(bits && { mask: { bits } }) });
    expected.push([...(await drawn.read())]);
  }
  const found = await Promise.all(masks.map(async () => [...(await draws.read())]));
  return { found, expected };
}

/** Steps with penalties, whose counts the steps count up, beside `sample` and `countTokens`. */
export async function penalized(): Promise<{ found: number[][]; expected: number[][] }> {
  const engine = await sharedEngine();
  const shape = [3, 40];
  const data = logits(2, 120).map((v) => v / 4);
  using x = engine.tensor(data, shape);
  using own = engine.tensor(new Uint32Array(120), shape);
  using theirs = engine.tensor(new Uint32Array(120), shape);
  const options = { seed: 9, bias: { indices: [5], values: [2] } };
  const penaltiesOf = (counts: GpuTensor) => ({ counts, repetition: 1.3, frequency: 0.5 });
  const penalties = penaltiesOf(own);
  using draws = sampler(engine, { rows: 3, classes: 40, depth: 1, ...options, penalties });
  const [found, expected]: number[][][] = [[], []];
  for (let t = 0; t < 8; t++) {
    draws.next(x);
    found!.push([...(await draws.read())]);
    const penalties = penaltiesOf(theirs);
    using drawn = sample(x, { ...options, penalties, rowOffset: 3 * t });
    countTokens(theirs, drawn);
    expected!.push([...(await drawn.read())]);
  }
  return { found: found!, expected: expected! };
}

/** Rows of [1, S, V] that draw otherwise than by themselves: f32 and f16, V odd, −1 the last. */
export async function rowsOfPrompt(): Promise<string[]> {
  const engine = await sharedEngine();
  const problems: string[] = [];
  const [positions, classes] = [5, 1003];
  for (const dtype of ['f32', 'f16'] as const) {
    const data = logits(9, positions * classes);
    using x = engine.tensor(data, [1, positions, classes], { dtype });
    using draws = sampler(engine, { rows: 1, classes, seed: 4, depth: 3 });
    for (const [step, row] of [3, -1, 0].entries()) {
      draws.next(x, { row });
      const place = row < 0 ? row + positions : row;
      const own = data.slice(classes * place, classes * (place + 1));
      using alone = engine.tensor(own, [1, classes], { dtype });
      using drawn = sample(alone, { seed: 4, rowOffset: step });
      const [found, expected] = [(await draws.read())[0], (await drawn.read())[0]];
      if (found !== expected) problems.push(`${dtype}, row ${row}: ${found}, not ${expected}`);
    }
  }
  return problems;
}

/** Tokens on the GPU: as i32 and as int64, of a row that draws −1 too; the same tensor each time. */
export async function tokensOnGpu() {
  const engine = await sharedEngine();
  using x = engine.tensor([0, 0, 9, NaN, 0, 0], [2, 3]);
  using narrow = sampler(engine, { rows: 2, classes: 3, seed: 1, depth: 0 });
  using wide = sampler(engine, { rows: 2, classes: 3, seed: 1, dtype: 'int64' });
  const { tokens } = narrow.next(x);
  const { tokens: words } = wide.next(x);
  return {
    same: narrow.next(x).tokens === tokens,
    tokens: [...(await tokens.read())],
    shape: words.shape,
    words: [...(await words.read())],
    read: [...(await wide.read())],
    unread: await wide.read().catch(String),
    uncopied: await narrow.read().catch(String),
  };
}

/**
 * What 1 000 steps make on the device after the first ones, what is read, and the host's time of a step
 * in the round of steps that was disturbed least.
 */
export async function thousandSteps(how: 'submitted' | 'recorded' | 'masked' | 'filtered') {
  const device = await sharedDevice();
  const { since, restore } = countOn(device);
  const engine = await createEngine({ device });
  const [rows, classes, depth] = [1, 5000, 40];
  using x = engine.tensor(logits(1, rows * classes), [rows, classes]);
  const filters = how === 'filtered' && { topK: 900, topP: 0.8, minP: 0.01 };
  const draws = sampler(engine, { rows, classes, seed: 8, temperature: 3, depth, ...filters });
  const bits = new Uint32Array(Math.ceil(classes / 32)).fill(0x55555555);
  let bytes = 0;
  /** Steps until no more may be on their way, and their reads; the milliseconds of the steps. */
  const round = async () => {
    const start = performance.now();
    for (let i = 0; i < depth; i++) {
      if (how === 'masked') draws.next(x, { bits });
      else if (how === 'recorded') {
        const encoder = device.createCommandEncoder();
        draws.next(x, { encoder });
        device.queue.submit([encoder.finish()]);
      } else draws.next(x);
    }
    const time = performance.now() - start;
    const tokens = await Promise.all(Array.from({ length: depth }, () => draws.read()));
    bytes = tokens.reduce((sum, { byteLength }) => sum + byteLength, bytes);
    return time;
  };
  await round();
  since();
  bytes = 0;
  const times: number[] = [];
  for (let i = 0; i < 1000 / depth; i++) times.push(await round());
  const { submit, ...made } = since();
  restore();
  engine.destroy();
  return { made, submit, bytes, microseconds: (1000 * Math.min(...times)) / depth };
}

/** Reads overlap and come in order; more steps than `depth` are refused, and lose nothing. */
export async function order() {
  const engine = await sharedEngine();
  const [rows, classes] = [2, 300];
  using x = engine.tensor(logits(3, rows * classes), [rows, classes]);
  const options = { seed: 3, temperature: 3 };
  using draws = sampler(engine, { rows, classes, depth: 2, ...options });
  const found: number[][] = [];
  const refused: string[] = [];
  const take = (tokens: Int32Array) => void found.push([...tokens]);
  for (let t = 0; t < 6; t += 2) {
    draws.next(x);
    draws.next(x);
    try {
      draws.next(x);
    } catch (error) {
      refused.push(String(error));
    }
    await Promise.all([draws.read().then(take), draws.read().then(take)]);
  }
  const expected = await expectedOf(new Array(6).fill(x), rows, options);
  return { found, expected, refused };
}

const outcome = (read: Promise<Int32Array>) =>
  read.then(
    () => 'tokens',
    (error: Error) => error.message,
  );

/** Three reads that wait when the sampler ends, as all that comes after. */
async function endOf(engine: Engine, end: (draws: { destroy(): void }) => void) {
  const x = engine.tensor(logits(3, 3000), [1, 3000]);
  const options = { rows: 1, classes: 3000, seed: 1, depth: 3 };
  // What the engine keeps of a first step stays.
  const first = sampler(engine, options);
  first.next(x);
  await first.read();
  first.destroy();
  const before = engine.memory.bytes;
  const draws = sampler(engine, options);
  for (let t = 0; t < 3; t++) draws.next(x);
  const waiting = [draws.read(), draws.read(), draws.read()].map(outcome);
  end(draws);
  const told = await Promise.all(waiting);
  const later = await outcome(draws.read());
  const next = await outcome(
    Promise.resolve()
      .then(() => draws.next(x))
      .then(() => draws.read()),
  );
  draws.destroy();
  return { told, later, next, left: engine.memory.bytes - before };
}

/** What reads that wait are told where the sampler, the engine or the device ends. */
export async function ends() {
  const stray: string[] = [];
  const rejected = (event: PromiseRejectionEvent) => void stray.push(String(event.reason));
  addEventListener('unhandledrejection', rejected);
  const shared = await createEngine({ device: await sharedDevice() });
  const destroyed = await endOf(shared, (draws) => draws.destroy());
  const lostEngine = await createEngine();
  const lost = await endOf(lostEngine, () => lostEngine.device.destroy());
  const gone = await createEngine();
  const engine = await endOf(gone, () => gone.destroy());
  await new Promise((resolve) => setTimeout(resolve, 50));
  removeEventListener('unhandledrejection', rejected);
  return { destroyed, lost, engine, stray };
}

/** What is thrown for arguments that do not fit. */
export async function refusals(): Promise<string[]> {
  const engine = await sharedEngine();
  const x = engine.tensor(new Float32Array(12), [2, 6]);
  const prompt = engine.tensor(new Float32Array(12), [1, 2, 6]);
  const own = { rows: 2, classes: 6, seed: 1 };
  const draws = sampler(engine, own);
  const single = sampler(engine, { ...own, rows: 1 });
  // biome-ignore lint/suspicious/noExplicitAny: the point is a wrong type
  const wrong = (value: unknown): any => value;
  const calls = [
    () => sampler(engine, wrong(5)),
    () => sampler(engine, { ...own, rows: 0 }),
    () => sampler(engine, { ...own, classes: 1.5 }),
    () => sampler(engine, { ...own, depth: 65 }),
    () => sampler(engine, { ...own, dtype: wrong('i64') }),
    () => sampler(engine, wrong({ ...own, rowOffset: 5 })),
    () => sampler(engine, { ...own, seed: -1 }).next(x),
    () => sampler(engine, { ...own, topK: 7 }).next(x),
    () => draws.next(wrong(x.buffer)),
    () => draws.next(engine.tensor(new Int32Array(12), [2, 6])),
    () => draws.next(engine.tensor(new Float32Array(12), [3, 4])),
    () => draws.next(x, { bits: new Uint32Array(0) }),
    () =>
      sampler(engine, { ...own, mask: [0, 0, 0, 0, 0, 0] }).next(x, { bits: new Uint32Array(1) }),
    () => draws.next(x.slice(0, 1)),
    () => draws.next(prompt, { row: 0 }),
    () => single.next(prompt),
    () => single.next(prompt, { row: 2 }),
    () => single.next(prompt, { row: wrong('last') }),
    () => single.next(prompt, { row: 0, encoder: wrong({}) }),
  ];
  return calls.map((call) => {
    try {
      call();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  });
}
