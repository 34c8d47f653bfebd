import { variantsOf } from '../../bench/variants';
import { sharedDevice } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  createEngine,
  type Engine,
  setTuning,
  softmax,
  softmaxVjp,
  type Tuning,
  tune,
} from '../../src/index';
import { bucketOf, type Choice, candidatesOf } from '../../src/rows/tiers';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Labels of the kernels of softmax, and a digest of its bits. */
async function softmaxOf(engine: Engine, shape: readonly number[], axis: number) {
  using x = engine.tensor(logits(7, sizeOf(shape)), shape);
  using out = softmax(x, { axis });
  const variants = variantsOf((pass) => softmax(x, { axis, out, pass }));
  return { variants, bits: [...new Uint32Array((await out.read()).buffer)].join() };
}

const shapes = [
  { shape: [64, 1000] },
  { shape: [2, 30_000] },
  { shape: [3, 600] },
  { shape: [5000, 8], axis: 0 },
  { shape: [40, 8], axis: 0 },
] as const;

/** A measured tuning, after a turn through JSON; what engines with it and without it make of rows. */
export async function measured() {
  using engine = await createEngine({ device: await sharedDevice() });
  const before = await softmaxOf(engine, [2, 30_000], -1);
  const steps: string[] = [];
  const tuning = await tune(engine, {
    shapes,
    onProgress: (done, total) => steps.push(`${done} of ${total}`),
  });
  const text = JSON.stringify(tuning);
  using other = await createEngine({ device: engine.device });
  setTuning(other, JSON.parse(text) as Tuning);
  const problems: string[] = [];
  for (const [shape, axis] of [
    [[3, 1000], -1],
    [[3, 513], -1],
    [[1, 17_000], -1],
    [[1, 30_000], -1],
    [[4097, 3], 0],
    [[2, 5000, 3], 1],
  ] as const) {
    const [a, b] = [await softmaxOf(engine, shape, axis), await softmaxOf(other, shape, axis)];
    if (a.variants.join() !== b.variants.join()) problems.push(`${shape}: ${a.variants}`);
    if (a.bits !== b.bits) problems.push(`${shape}: other bits`);
  }
  const passedOn = JSON.stringify(other.tuning) === text;
  setTuning(engine, undefined);
  const after = await softmaxOf(engine, [2, 30_000], -1);
  await Promise.all([engine.done(), other.done()]);
  return {
    tuning,
    steps,
    problems,
    passedOn,
    forgotten: engine.tuning === undefined && before.bits === after.bits,
  };
}

/** Tuning again keeps what is in other buckets. */
export async function again() {
  using engine = await createEngine({ device: await sharedDevice() });
  await tune(engine, { shapes: [{ shape: [3, 1000] }] });
  const { tiers } = await tune(engine, { shapes: [{ shape: [3, 40] }, { shape: [2, 600] }] });
  await engine.done();
  return tiers.map(({ rows, maxLength }) => `${rows} ${maxLength}`);
}

/** A tuning of this adapter with one tier. */
const oneTier = (
  engine: Engine,
  model: Tuning,
  length: number,
  strided: boolean,
  choice: Choice,
) => {
  const rows = strided ? ('strided' as const) : ('contiguous' as const);
  const tier = { ...choice, rows, maxLength: bucketOf(length), gain: 1 };
  setTuning(engine, { ...model, tiers: [tier] });
};

/**
 * For every candidate of a row length: whether its kernels run, and where a row has other bits in a
 * batch than alone.
 */
export async function independence(length: number, strided: boolean) {
  using engine = await createEngine({ device: await sharedDevice() });
  const model = await tune(engine, { shapes: [] });
  const subgroups = engine.device.features.has('subgroups');
  const problems: string[] = [];
  const regimes: string[] = [];
  const row = logits(1, length);
  const shapeOf = (rows: number) => (strided ? [length, rows] : [rows, length]);
  const index = (rows: number, r: number, k: number) => (strided ? k * rows + r : r * length + k);
  const axis = strided ? 0 : -1;
  for (const choice of candidatesOf(bucketOf(length), strided, { adapter: 'cpu', subgroups })) {
    oneTier(engine, model, length, strided, choice);
    let alone: number[] | undefined;
    for (const [rows, at] of strided
      ? [
          [2, 0],
          [2, 1],
          [7, 5],
          [64, 63],
        ]
      : [
          [1, 0],
          [2, 1],
          [7, 5],
          [64, 63],
        ]) {
      const data = logits(2, rows! * length);
      for (let k = 0; k < length; k++) data[index(rows!, at!, k)] = row[k]!;
      using x = engine.tensor(data, shapeOf(rows!));
      using y = softmax(x, { axis });
      using dx = softmaxVjp(y, x, { axis });
      const [ys, dxs] = [await y.read(), await dx.read()];
      const own = [ys, dxs].flatMap((values) => {
        const bits = new Uint32Array(values.buffer);
        return Array.from(row, (_, k) => bits[index(rows!, at!, k)]!);
      });
      alone ??= own;
      const differs = own.findIndex((bit, k) => bit !== alone![k]);
      if (differs >= 0)
        problems.push(`${JSON.stringify(choice)}, row ${at} of ${rows}: ${differs}`);
      if (rows === 7) {
        const labels = variantsOf((pass) => softmax(x, { axis, out: y, pass }));
        regimes.push(`${choice.regime}: ${labels[0]!.split(' ').slice(1, 3).join(' ')}`);
      }
    }
  }
  await engine.done();
  return { problems, regimes };
}

/** How many buffers and query sets a device has made and not destroyed. */
async function countingDevice() {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const timed = adapter.features.has('timestamp-query');
  const device = await adapter.requestDevice({
    requiredFeatures: timed ? ['timestamp-query'] : [],
  });
  const alive = new Set<object>();
  const methods = device as unknown as Record<string, (...args: unknown[]) => GPUBuffer>;
  for (const name of ['createBuffer', 'createQuerySet']) {
    const make = methods[name]!.bind(device);
    methods[name] = (...args) => {
      const object = make(...args);
      const destroy = object.destroy.bind(object);
      alive.add(object);
      object.destroy = () => {
        alive.delete(object);
        destroy();
      };
      return object;
    };
  }
  return { device, alive };
}

/** What a tuning leaves behind that runs through, is aborted, or loses its engine or device. */
export async function interrupted() {
  const { device, alive } = await countingDevice();
  const errors: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
  const engine = await createEngine({ device });
  const told: Record<string, string> = {};
  const works = async () => {
    using x = engine.tensor([1, 1, 1, 1], [4]);
    using y = softmax(x);
    return [...(await y.read())].join();
  };
  const note = async (label: string, tuned: Promise<unknown>) => {
    told[label] = await tuned.then(
      () => 'fine',
      (error) => String(error),
    );
    told[`${label}, left`] = String(alive.size);
  };
  await works();
  const before = alive.size;
  await note('whole', tune(engine, { shapes: [{ shape: [3, 5000] }] }));
  const tuning = JSON.stringify(engine.tuning);
  // Uniforms of the plans under the old tuning go too.
  told.shrank = String(alive.size <= before);
  told['works after'] = await works();

  const left = alive.size;
  const abort = new AbortController();
  const tuned = tune(engine, {
    shapes: [{ shape: [3, 9000] }, { shape: [3, 20_000] }],
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('enough')),
  });
  told['works meanwhile'] = await works();
  await note('aborted', tuned);
  told['left by the abort'] = String(alive.size - left);
  told.kept = String(JSON.stringify(engine.tuning) === tuning);
  told['works after the abort'] = await works();
  await note('aborted before', tune(engine, { signal: AbortSignal.abort(new Error('never')) }));
  for (const [label, shape, axis] of [
    ['no elements', [0, 3], -1],
    ['too large', [2 ** 20, 2 ** 20], -1],
    ['no such axis', [2, 3], 2],
    ['no shape', 7 as unknown as number[], -1],
  ] as const) {
    await note(label, tune(engine, { shapes: [{ shape, axis }] }));
  }
  await engine.done();
  const destroyed = tune(engine, {
    shapes: [{ shape: [3, 9000] }, { shape: [3, 20_000] }],
    onProgress: () => engine.destroy(),
  });
  await note('destroyed', destroyed);

  const lost = await createEngine({ device });
  const losing = tune(lost, {
    shapes: [{ shape: [3, 9000] }, { shape: [3, 20_000] }],
    onProgress: () => device.destroy(),
  });
  await note('lost', losing);
  return { told, errors };
}

/** What `setTuning` says of a tuning of another version, and which one the engine then has. */
export async function stale(): Promise<string> {
  using engine = await createEngine({ device: await sharedDevice() });
  const tuning = { ...(await tune(engine, { shapes: [] })), version: '0.0.0' };
  try {
    setTuning(engine, tuning);
    return 'fine';
  } catch (error) {
    return `${error} ${engine.tuning?.version !== tuning.version}`;
  }
}
