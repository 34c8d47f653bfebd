import { compare } from '../../conformance/compare';
import { sharedEngine } from '../../conformance/engine';
import { logits, Random } from '../../conformance/random';
import { plantSpecials, specialRows } from '../../conformance/special';
import { fromHalves, toHalves } from '../../src/gpu/half';
import { argmax, type FilterOptions, type RegimeName, sample, topK } from '../../src/index';
import * as reference from '../../src/reference';

export interface TopKCase {
  readonly shape: readonly number[];
  readonly k: number;
  readonly seed: number;
  readonly axis?: number;
  readonly values?: 'logits' | 'probabilities' | 'logProbabilities' | 'renormalized';
  readonly scale?: number;
  readonly emptyRows?: 'zero';
  readonly regime?: RegimeName;
  readonly byteOffset?: number;
  readonly f16?: boolean;
  /** Few distinct values, so that most elements have equals. */
  readonly ties?: boolean;
  readonly special?: boolean;
  readonly mask?: 'additive' | 'boolean' | 'causal' | 'broadcast';
  /** The largest binding that the engine is allowed. */
  readonly binding?: number;
}

export interface SampleCase extends Omit<TopKCase, 'k' | 'values' | 'emptyRows'> {
  readonly draws?: number;
  readonly rowOffset?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly filters?: FilterOptions;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The seeded logits of a case, and the mask that drops about a third of them. */
function inputsOf(c: Omit<TopKCase, 'k' | 'values' | 'emptyRows'>) {
  const count = size(c.shape);
  let data = logits(c.seed, count);
  if (c.ties) data = data.map((v) => Math.round(v / 4));
  if (c.special) plantSpecials(data, c.shape.at(-1)!, { huge: true });
  if (c.f16) data = fromHalves(toHalves(data).subarray(0, count));
  const random = new Random(c.seed + 1);
  const maskShape = c.mask === 'broadcast' ? c.shape.slice(-1) : c.shape;
  const drop = Array.from({ length: size(maskShape) }, () => random.uniform() < 0.3);
  const mask = {
    data:
      c.mask === 'additive'
        ? Float32Array.from(drop, (d) => (d ? -Infinity : 0))
        : Uint32Array.from(drop, (d) => Number(!d)),
    shape: maskShape,
  };
  return { x: { data, shape: c.shape }, mask };
}

/** The tensors and the options of a case on both sides. */
async function sides(c: Omit<TopKCase, 'k' | 'values' | 'emptyRows'>) {
  const engine = await sharedEngine(c.binding ? { maxStorageBufferBindingSize: c.binding } : {});
  const { x, mask } = inputsOf(c);
  const offset = c.byteOffset ?? 0;
  const dtype = c.f16 ? ('f16' as const) : ('f32' as const);
  const content = c.f16 ? toHalves(x.data) : x.data;
  const buffer = engine.device.createBuffer({
    size: 4 * Math.ceil((offset + content.byteLength) / 4),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  // A write takes whole words, and halves may begin in the middle of one.
  const bytes = new Uint8Array(buffer.size);
  bytes.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), offset);
  engine.device.queue.writeBuffer(buffer, 0, bytes);
  const tensor = engine.wrap(buffer, c.shape, { dtype, byteOffset: offset });
  const maskTensor =
    c.mask && c.mask !== 'causal' ? engine.tensor(mask.data, mask.shape) : undefined;
  const common = {
    ...(c.axis !== undefined && { axis: c.axis }),
    ...(c.scale !== undefined && { scale: c.scale }),
  };
  const ours = {
    ...common,
    ...(c.regime && { regime: c.regime }),
    ...(c.mask && { mask: maskTensor ?? ('causal' as const) }),
  };
  const theirs = { ...common, ...(c.mask && { mask: maskTensor ? mask : ('causal' as const) }) };
  const release = () => {
    buffer.destroy();
    maskTensor?.destroy();
  };
  return { engine, x, tensor, ours, theirs, release };
}

/** What is wrong with the picks of each case, and the largest share of a bound. */
export async function checkTopK(cases: readonly TopKCase[]) {
  const problems: string[] = [];
  let worst = 0;
  for (const c of cases) {
    const { x, tensor, ours, theirs, release } = await sides(c);
    const own = {
      ...(c.values && { values: c.values }),
      ...(c.emptyRows && { emptyRows: c.emptyRows }),
    };
    const found = topK(tensor, c.k, { ...ours, ...own });
    const expected = reference.topK(x, c.k, { ...theirs, ...own });
    const [values, indices] = await Promise.all([found.values.read(), found.indices.read()]);
    const result = compare(values, expected.values);
    worst = Math.max(worst, result.maxShare);
    const shape = found.values.shape.join();
    if (shape !== expected.values.shape.join()) problems.push(`${JSON.stringify(c)}: ${shape}`);
    if (!result.ok) {
      const at = result.firstFailures[0]!;
      problems.push(
        `${JSON.stringify(c)}: ${result.failures} values, [${at}] ${values[at]} for ${expected.values.data[at]}`,
      );
    }
    const at = indices.findIndex((index, i) => index !== expected.indices[i]);
    if (at >= 0) {
      problems.push(
        `${JSON.stringify(c)}: index [${at}] ${indices[at]} for ${expected.indices[at]}`,
      );
    }
    if (c.k === 1) {
      const { scale: _, ...options } = ours as { scale?: number };
      const best = argmax(tensor, options);
      const first = await best.read();
      if (first.join() !== indices.join()) problems.push(`${JSON.stringify(c)}: argmax`);
      best.destroy();
    }
    found.values.destroy();
    found.indices.destroy();
    release();
  }
  return { problems, worst };
}

export interface Draws {
  draws: number;
  /** Draws that differ from the reference's. */
  different: number;
  /** The largest margin of one that differs. */
  margin: number;
  /** Draws of the reference with a margin below 2⁻²². */
  near: number;
  problems: string[];
}

/** Compares draws with the reference's. */
export async function checkSample(cases: readonly SampleCase[]): Promise<Draws> {
  const total: Draws = { draws: 0, different: 0, margin: 0, near: 0, problems: [] };
  for (const c of cases) {
    const { x, tensor, ours, theirs, release } = await sides(c);
    const own = {
      seed: c.seed,
      ...(c.draws !== undefined && { draws: c.draws }),
      ...(c.rowOffset !== undefined && { rowOffset: c.rowOffset }),
      ...(c.temperature !== undefined && { temperature: c.temperature }),
      ...(c.topK !== undefined && { topK: c.topK }),
      ...c.filters,
    };
    const drawn = sample(tensor, { ...ours, ...own });
    const expected = reference.sample(x, { ...theirs, ...own });
    const indices = await drawn.read();
    if (indices.length !== expected.indices.length) total.problems.push(JSON.stringify(c));
    total.draws += indices.length;
    indices.forEach((index, i) => {
      const margin = expected.margins[i]!;
      if (margin < 2 ** -22) total.near++;
      if (index === expected.indices[i]) return;
      total.different++;
      total.margin = Math.max(total.margin, margin);
      if (margin > 2 ** -20) {
        total.problems.push(
          `${JSON.stringify(c)}: [${i}] ${index} for ${expected.indices[i]}, margin ${margin}`,
        );
      }
    });
    drawn.destroy();
    release();
  }
  total.problems.splice(8);
  return total;
}

export const kindsOfRows = specialRows;

/**
 * χ² of draws from one row against softmax's probabilities, in bins of equal weight (a class is a bin
 * where there are as many), and its degrees of freedom.
 */
export async function chiSquare(length: number, draws: number, most: number, seed: number) {
  const engine = await sharedEngine({});
  const x = { data: logits(seed, length, { low: -1.5, high: 1.5 }), shape: [1, length] };
  const { data: p } = reference.softmax(x);
  const bins = Math.min(length, most);
  const binOf = new Int32Array(length);
  const expected = new Float64Array(bins);
  let before = 0;
  for (let i = 0; i < length; i++) {
    const bin = bins === length ? i : Math.min(bins - 1, Math.floor(before * bins));
    binOf[i] = bin;
    expected[bin]! += draws * p[i]!;
    before += p[i]!;
  }
  using tensor = engine.tensor(x.data, x.shape);
  using drawn = sample(tensor, { seed, draws });
  const found = new Float64Array(bins);
  for (const index of await drawn.read()) found[binOf[index]!]!++;
  const chi = expected.reduce((sum, e, b) => sum + (found[b]! - e) ** 2 / e, 0);
  return { chi, freedom: bins - 1 };
}

/** A row that is 0 but at its first class, which is `gap` above. */
function longTail(classes: number, gap: number) {
  const row = new Float32Array(classes);
  row[0] = gap;
  return { data: row, shape: [1, classes] };
}

/** How often each class after the first is drawn, of those that are. */
export async function drawsOfTail(classes: number, gap: number, draws: number): Promise<number[]> {
  const engine = await sharedEngine({});
  const { data, shape } = longTail(classes, gap);
  using x = engine.tensor(data, shape);
  using drawn = sample(x, { seed: 1, draws });
  const counts = new Map<number, number>();
  for (const index of await drawn.read()) counts.set(index, (counts.get(index) ?? 0) + 1);
  counts.delete(0);
  return [...counts.values()];
}

/** What rows of these numbers draw, and what the reference does. */
export async function drawsOfRows(classes: number, gap: number, numbers: readonly number[]) {
  const engine = await sharedEngine({});
  const tail = longTail(classes, gap);
  using x = engine.tensor(tail.data, tail.shape);
  using all = engine.tensor(new Int32Array(numbers.length), [numbers.length]);
  const expected = numbers.map((rowOffset, i) => {
    sample(x, { seed: 5, rowOffset, out: all.slice(i, i + 1) });
    return reference.sample(tail, { seed: 5, rowOffset }).indices[0]!;
  });
  return { found: [...(await all.read())], expected };
}

/** Whether rows draw the same in a batch, in parts of it, and in every regime. */
export async function sameDraws(): Promise<string[]> {
  const engine = await sharedEngine({});
  const shape = [9, 5000];
  const data = logits(3, size(shape));
  using x = engine.tensor(data, shape);
  const options = { seed: 12, draws: 40 };
  using whole = sample(x, { ...options, regime: 'split-per-invocation' });
  const expected = await whole.read();
  const problems: string[] = [];
  const check = async (name: string, actual: Int32Array, from: number) => {
    const part = expected.subarray(40 * from, 40 * from + actual.length);
    if (actual.join() !== part.join()) problems.push(name);
  };
  using tail = engine.tensor(data.slice(4 * 5000), [5, 5000]);
  using late = sample(tail, { ...options, rowOffset: 4 });
  await check('the last five rows alone', await late.read(), 4);
  using shared = sample(x, { ...options, regime: 'split-per-workgroup' });
  const other = await shared.read();
  const differ = other.reduce((n, index, i) => n + Number(index !== expected[i]), 0);
  // Sums are grouped alike, so no more than rounding can move a draw.
  if (differ > 0) problems.push(`by workgroups: ${differ} of ${other.length} differ`);
  using fewer = sample(x, { seed: 12 });
  const one = await fewer.read();
  one.forEach((index, r) => {
    if (index !== expected[40 * r]) problems.push(`row ${r}, the first draw alone`);
  });
  // Recorded for later, together with the picks it draws from.
  const encoder = engine.device.createCommandEncoder();
  const among = { seed: 12, draws: 3, topK: 70 };
  using recorded = sample(x, { ...among, encoder });
  engine.device.queue.submit([encoder.finish()]);
  using submitted = sample(x, among);
  const picked = await recorded.read();
  if (picked.join() !== (await submitted.read()).join()) problems.push('recorded');
  using again = sample(x, { ...options, seed: 13 });
  const same = (await again.read()).filter((index, i) => index === expected[i]).length;
  if (same > 40) problems.push(`another seed: ${same} draws are the same`);
  return problems;
}

/** What is thrown for arguments that do not fit. */
export async function refusals(): Promise<string[]> {
  const engine = await sharedEngine({});
  const x = engine.tensor(new Float32Array(12), [2, 6]);
  const i = engine.tensor(new Int32Array(12), [2, 6]);
  // biome-ignore lint/suspicious/noExplicitAny: the point is a wrong type
  const wrong = (value: unknown): any => value;
  const calls = [
    () => topK(x, 7),
    () => topK(x, 0),
    () => topK(x, wrong('3')),
    () => topK(i, 2),
    () => topK(x, 2, { values: wrong('p') }),
    () => topK(x, 2, { out: { indices: engine.tensor(new Float32Array(4), [2, 2]) } }),
    () => topK(x, 2, { regime: 'row-per-subgroup' }),
    () => argmax(x, { axis: 2 }),
    () => sample(x, wrong({})),
    () => sample(x, { seed: -1 }),
    () => sample(x, { seed: 1, topK: 7 }),
    () => sample(x, { seed: 1, topP: 0 }),
    () => sample(x, { seed: 1, minP: Number.NaN }),
    () => sample(x, { seed: 1, order: ['topP'] }),
    () => sample(x, { seed: 1, draws: 1.5 }),
    () => sample(x, { seed: 1, temperature: -1 }),
    () => sample(x, { seed: 1, temperature: 0, scale: 1 }),
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

/** Where draws with filters that keep everything are other than without. */
export async function noFilter(): Promise<string[]> {
  const engine = await sharedEngine({});
  const length = 5001;
  using x = engine.tensor(logits(1, 2 * length), [2, length]);
  const plain = { seed: 9, draws: 300, temperature: 3 };
  const wanted = (await sample(x, plain).read()).join();
  const wrong: string[] = [];
  for (const own of [{ topP: 1 }, { topK: length }, { minP: 0 }, { minKeep: 5, topP: 1 }]) {
    if ((await sample(x, { ...plain, ...own }).read()).join() !== wanted) {
      wrong.push(JSON.stringify(own));
    }
  }
  return wrong;
}

/** χ² of draws among what filters keep, a bin for each, and how many drew something else. */
export async function chiSquareOfKept() {
  const engine = await sharedEngine({});
  const length = 20_000;
  const draws = 200_000;
  const filters = { topK: 600, topP: 0.9 } as const;
  const x = { data: logits(5, length, { low: -2, high: 2 }), shape: [1, length] };
  const { kept, threshold } = reference.cutoff(x, filters);
  const p = reference.softmax(x).data.map((share, i) => (x.data[i]! >= threshold[0]! ? share : 0));
  const total = p.reduce((a, b) => a + b);
  using tensor = engine.tensor(x.data, x.shape);
  const found = new Float64Array(length);
  using drawn = sample(tensor, { seed: 4, draws, ...filters });
  for (const index of await drawn.read()) found[index]!++;
  let chi = 0;
  let outside = 0;
  p.forEach((share, i) => {
    const expected = (draws * share) / total;
    if (expected > 0) chi += (found[i]! - expected) ** 2 / expected;
    else outside += found[i]!;
  });
  return { chi, freedom: kept[0]! - 1, outside };
}
