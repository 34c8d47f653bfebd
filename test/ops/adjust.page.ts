import { sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import { adjust, argmax, countTokens, type GpuTensor, sample, topK } from '../../src/index';

const PROMPT = 2 ** 31;

/** Results whose inputs are small numbers: what they should be can be seen. */
export async function byHand(): Promise<Record<string, number[]>> {
  const engine = await sharedEngine();
  const x = engine.tensor([2, -2, 1, 4], [1, 4]);
  const counts = engine.tensor(new Uint32Array(4), [1, 4]);
  countTokens(counts, [3, 3, 1, -1]);
  countTokens(counts, engine.tensor(Int32Array.of(1, 0, 7, -5, 1), [1, 5]), { prompt: true });
  const counted = Array.from((await counts.read()) as Uint32Array);
  countTokens(counts, [3], { by: -1 });
  const back = Array.from((await counts.read()) as Uint32Array);
  /** The logits in the order of their classes. */
  const adjusted = async (options: Parameters<typeof adjust>[0]) => {
    const picked = topK(x, 4, { adjust: adjust(options) });
    const [values, indices] = await Promise.all([picked.values.read(), picked.indices.read()]);
    return [0, 1, 2, 3].map((k) => values[indices.indexOf(k)]!);
  };
  const [repetition, frequency, presence] = [2, 0.5, 0.25];
  const all = { counts, repetition, frequency, presence };
  const indices = [1, 0, 1, 1];
  return {
    counted,
    back,
    repetition: await adjusted({ penalties: { counts, repetition } }),
    frequency: await adjusted({ penalties: { counts, frequency } }),
    presence: await adjusted({ penalties: { counts, presence } }),
    repetitionFirst: await adjusted({ penalties: all }),
    additiveFirst: await adjusted({ penalties: { ...all, order: 'additive-first' } }),
    // In their order: the first is lost beside 2²⁵.
    bias: await adjusted({ bias: { indices, values: [1, 1, 2 ** 25, -(2 ** 25)] } }),
    both: await adjusted({ bias: { indices: [1], values: [3] }, penalties: all }),
    none: await adjusted({}),
    sampled: Array.from(await sample(x, { seed: 1, bias: { indices: [2], values: [200] } }).read()),
    greatestCount: await adjusted({
      penalties: {
        counts: engine.tensor(Uint32Array.of(PROMPT - 1, 2 * PROMPT - 1, 0, PROMPT), [1, 4]),
        frequency: 1,
      },
    }),
  };
}

/** Differences between an engine of small bindings and another. */
export async function inBlocks(): Promise<string[]> {
  const results = [{}, { maxStorageBufferBindingSize: 4096 }].map(async (limits) => {
    const engine = await sharedEngine(limits);
    const x = engine.tensor(logits(1, 5000), [50, 100]);
    const counts = engine.tensor(new Uint32Array(5000), [50, 100]);
    const tokens = Int32Array.from({ length: 150 }, (_, i) => (i * 7) % 100);
    countTokens(counts, tokens);
    const bias = { indices: [1, 50, 99, 50], values: [1, 2, 3, 4] };
    const penalties = { counts, repetition: 1.5 };
    const { values } = topK(x, 3, { adjust: adjust({ bias, penalties }) });
    return [...(await counts.read()), ...(await values.read())];
  });
  const [one, many] = await Promise.all(results);
  return one!.flatMap((v, i) => (v === many![i] ? [] : [`[${i}] ${many![i]} for ${v}`]));
}

/** The messages of calls with a wrong argument. */
export async function refused(): Promise<string[]> {
  const engine = await sharedEngine();
  const x = engine.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const counts = engine.tensor(new Uint32Array(6), [2, 3]);
  const message = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  const bias = (indices: unknown, values: unknown) => () =>
    sample(x, { seed: 1, bias: { indices, values } as never });
  const penalties = (options: object) => () =>
    topK(x, 1, { adjust: adjust({ penalties: { counts, ...options } }) });
  const count =
    (tokens: unknown, options: object = {}, into: GpuTensor = counts) =>
    () =>
      countTokens(into, tokens as number[], options);
  return [
    () => argmax(x, { adjust: { bias: {} } as never }),
    () => adjust(undefined as never),
    () => argmax(x, { adjust: adjust({ bias: 3 as never }) }),
    bias([3], [1]),
    bias([-1], [1]),
    bias([0.5], [1]),
    bias([0, 1], [1]),
    bias([0], 1),
    bias(x, [1]),
    bias(new Int32Array(5000), new Float32Array(5000)),
    penalties({ counts: engine.tensor(new Uint32Array(3), [3]) }),
    penalties({ counts: engine.tensor(new Int32Array(6), [2, 3]) }),
    penalties({ counts: undefined }),
    penalties({ repetition: 0 }),
    penalties({ frequency: Number.NaN }),
    penalties({ presence: 1e7 }),
    penalties({ order: 'first' }),
    count([1, 3]),
    count([1, 2, 0]),
    count(engine.tensor(new Int32Array(6), [3, 2])),
    count(x),
    count([1, 2], { by: 0.5 }),
    count([1, 2], {}, x),
  ].map(message);
}
