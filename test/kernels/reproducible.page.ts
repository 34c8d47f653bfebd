import { sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import type { AdapterClass } from '../../src/gpu/adapter';
import { type Engine, sample } from '../../src/index';
import {
  type Call,
  destroyAll,
  difference,
  optionCalls,
  otherCalls,
  overlapped,
  plainCalls,
  size,
  type Tensors,
  take,
  upload,
} from '../ops/calls';

const engineFor = (adapterClass: AdapterClass) => sharedEngine({ adapterClass });

/** Inputs and results that the rows of a batch do not have to themselves. */
const shared: readonly string[] = ['classWeights', 'broadcastMask', 'layerWeight'];
/** A loss or a gradient over all rows, which is no row's own. */
const overRows = (call: Call, name: string) =>
  /^(dWeight|dBias)$/.test(name) || (name === 'loss' && call.outputs[name]!.length === 0);

/** A Jacobian is the square of its row. */
const JACOBIANS_UP_TO = 10;

/** Operations that walk rows, and those that do not. */
type Kind = 'walks' | 'others';

function everyCall(kind: Kind, shape: readonly number[], axis = -1, seed = 1): Call[] {
  const of = { shape, axis, seed };
  if (kind === 'others') return otherCalls(of);
  return [...plainCalls(of), ...optionCalls(of)].filter(
    ({ name }) => name !== 'softmaxJacobian' || shape.at(axis)! <= JACOBIANS_UP_TO,
  );
}

/** The same calls where rows are to have bits of their own: losses and gradients before any mean. */
const callsOf = (kind: Kind, shape: readonly number[], axis = -1, seed = 1) =>
  everyCall(kind, shape, axis, seed).map((call) =>
    /^(crossEntropy(Grad|WithGrad)?|linearCrossEntropy)$/.test(call.name) ? byRow(call) : call,
  );

const byRow = (call: Call): Call => ({
  ...call,
  outputs: {
    ...call.outputs,
    ...(call.outputs.loss && { loss: (call.inputs.targets ?? call.inputs.layerTargets)!.shape }),
  },
  run: (tensors, extra) => call.run(tensors, { ...extra, reduction: 'none' }),
});

type Data = Float32Array | Int32Array | Uint32Array;
const like = (data: Data, count: number) =>
  new (data.constructor as new (count: number) => Data)(count);

/** A row is met again after so many others: an odd number, so that it comes to every lane and place. */
const CYCLE = 7;

/** The row of a call in a batch of other rows. */
export interface Place {
  readonly rows: number;
  /** Where in each cycle of seven rows it stands. */
  readonly at: number;
  /** Where each tensor starts in its buffer. */
  readonly byteOffset: number;
}

/** The inputs of a call for a batch in which its one row stands among those of a call on `others`. */
function batch(engine: Engine, call: Call, others: Call, { rows, at, byteOffset }: Place) {
  const tensors: Tensors = {};
  for (const [name, { data, shape, dtype }] of Object.entries(call.inputs)) {
    if (shared.includes(name)) {
      tensors[name] = engine.tensor(data, shape, { dtype });
      continue;
    }
    const each = data.length;
    const cycle = like(data, CYCLE * each);
    cycle.set(others.inputs[name]!.data.subarray(0, cycle.length));
    cycle.set(data, at * each);
    const pad = byteOffset / 4;
    const all = like(data, pad + rows * each);
    for (let i = pad; i < all.length; i += cycle.length) {
      all.set(cycle.subarray(0, Math.min(cycle.length, all.length - i)), i);
    }
    const whole = engine.tensor(all, [all.length], { dtype });
    tensors[name] = engine.wrap(whole.buffer, [rows, ...shape.slice(1)], { dtype, byteOffset });
  }
  return tensors;
}

const alone: Place = { rows: 1, at: 0, byteOffset: 0 };

/**
 * Every operation on one row of K, alone and again, and at places in batches of other rows, at
 * several alignments: where a bit differs, and how many rows were compared.
 *
 * @param names calls to make; default: all.
 */
export async function batches(
  kind: Kind,
  adapterClass: AdapterClass,
  classes: number,
  places: readonly Place[],
  names?: readonly string[],
) {
  const engine = await engineFor(adapterClass);
  const problems: string[] = [];
  let calls = 0;
  let rowsCompared = 0;
  const others = callsOf(kind, [CYCLE, classes], -1, 50);
  // A row draws by its number: see `draws`.
  const chosen = [...callsOf(kind, [1, classes]).entries()].filter(
    ([, { name }]) => name !== 'sample' && (!names || names.includes(name)),
  );
  await overlapped(chosen, async ([i, call]) => {
    const resultsAt = async (place: Place) => {
      const inputs = batch(engine, call, others[i]!, place);
      const results = await take(call.run(inputs));
      for (const tensor of Object.values(inputs)) tensor.buffer.destroy();
      return Object.entries(results).filter(([name]) => !overRows(call, name));
    };
    const [first, ...rest] = await overlapped([alone, alone, ...places], resultsAt);
    const expected = Object.fromEntries(first!);
    for (const [k, place] of [alone, ...places].entries()) {
      for (const [name, values] of rest[k]!) {
        const wanted = expected[name]!;
        for (let row = place.at; row < place.rows; row += CYCLE) {
          const own = values.subarray(row * wanted.length, (row + 1) * wanted.length);
          const differs = difference({ [name]: own }, { [name]: wanted });
          rowsCompared++;
          if (!differs) continue;
          const where = `row ${row} of ${place.rows} at byte ${place.byteOffset}`;
          problems.push(`${call.name}, K ${classes}, ${where}: ${differs}`);
          break;
        }
      }
      calls++;
    }
  });
  await engine.done();
  return { calls, rowsCompared, problems: problems.slice(0, 20) };
}

/**
 * Draws of rows here and there in a batch, against the draws of each by itself under its number: how
 * many rows were compared, and which differ.
 */
export async function draws(adapterClass: AdapterClass, classes: number, places: readonly Place[]) {
  const engine = await engineFor(adapterClass);
  const problems: string[] = [];
  let rowsCompared = 0;
  const row = logits(70, classes);
  for (const { rows, at, byteOffset } of places) {
    const pad = byteOffset / 4;
    const all = logits(71, pad + rows * classes);
    const found = new Set([at, Math.floor(rows / 2), rows - 1]);
    for (const r of found) all.set(row, pad + r * classes);
    using whole = engine.tensor(all, [all.length]);
    using batch = engine.wrap(whole.buffer, [rows, classes], { byteOffset });
    const options = { seed: 2 ** 40 + 3, draws: 5 };
    using drawn = sample(batch, options);
    const together = await drawn.read();
    using own = engine.tensor(row, [1, classes]);
    for (const r of found) {
      using one = sample(own, { ...options, rowOffset: r });
      const wanted = (await one.read()).join();
      const got = together.slice(5 * r, 5 * (r + 1)).join();
      if (got !== wanted) problems.push(`K ${classes}, row ${r} of ${rows}: ${got} for ${wanted}`);
      rowsCompared++;
    }
  }
  await engine.done();
  return { rowsCompared, problems };
}

/** Results lie at multiples of this in their buffer: of a binding's alignment. */
const STEP = 256;

/**
 * Every operation so many times on the same rows, means and losses over them too: where a bit of a
 * run is not that of the first. The results of all runs lie in one buffer, which is read once.
 */
export async function runs(
  kind: Kind,
  adapterClass: AdapterClass,
  shape: readonly number[],
  times: number,
  names?: readonly string[],
) {
  const engine = await engineFor(adapterClass);
  const problems: string[] = [];
  let made = 0;
  const chosen = everyCall(kind, shape).filter(({ name }) => !names || names.includes(name));
  await overlapped(chosen, async (call) => {
    const inputs = upload(engine, call);
    const results = Object.entries(call.outputs).map(([name, of]) => {
      const step = STEP * Math.ceil((4 * size(of)) / STEP);
      return {
        name,
        of,
        step,
        all: engine.tensor(new Uint32Array((times * step) / 4), [times, step / 4]),
      };
    });
    for (let run = 0; run < times; run++) {
      const out: Tensors = {};
      for (const { name, of, step, all } of results) {
        const dtype = call.indices.includes(name) ? 'i32' : 'f32';
        out[name] = engine.wrap(all.buffer, of, { byteOffset: run * step, dtype });
      }
      call.run(inputs, { out });
    }
    for (const { name, of, step, all } of results) {
      const words = await all.read();
      const ofRun = (run: number) =>
        new Float32Array(words.buffer, words.byteOffset + run * step, size(of));
      const first = { [name]: ofRun(0) };
      if (first[name]!.every((v) => v === 0)) problems.push(`${call.name}: ${name} is all zeros`);
      for (let run = 1; run < times; run++) {
        const differs = difference({ [name]: ofRun(run) }, first);
        if (differs) problems.push(`${call.name} of [${shape}], run ${run}: ${differs}`);
      }
      all.destroy();
    }
    destroyAll(inputs);
    made += times;
  });
  await engine.done();
  return { made, problems: problems.slice(0, 20) };
}

/**
 * Columns: three side by side along axis 0, against the same ones in slabs of their own, each twice
 * over (axis 1 of three dimensions): where a bit differs.
 *
 * @param names calls to make; default: all but the Jacobian, which is no column.
 */
export async function columns(classes: number, names?: readonly string[]) {
  const engine = await engineFor('cpu');
  const problems: string[] = [];
  let count = 0;
  const flat = callsOf('walks', [classes, 3], 0);
  const chosen = [...callsOf('walks', [3, classes, 2], 1).entries()].filter(([, { name }]) =>
    names ? names.includes(name) : name !== 'softmaxJacobian',
  );
  await overlapped(chosen, async ([i, call]) => {
    const model = flat[i]!;
    const narrow: Tensors = {};
    const wide: Tensors = {};
    const doubled = (data: Data) => twice(data.length === 3 ? data : transpose(data, classes, 3));
    for (const [name, { shape, dtype }] of Object.entries(call.inputs)) {
      const { data, shape: own } = model.inputs[name]!;
      const perRow = data.length === 3 || data.length === 3 * classes;
      const values = perRow ? doubled(data) : data;
      if (values.length !== size(shape)) throw new Error(`${call.name}: ${name} does not fit`);
      narrow[name] = engine.tensor(data, own, { dtype });
      wide[name] = engine.tensor(values, shape, { dtype });
    }
    const [expected, results] = await Promise.all([take(model.run(narrow)), take(call.run(wide))]);
    for (const [name, values] of Object.entries(expected)) {
      if (values.length >= 3) expected[name] = doubled(values) as Float32Array;
    }
    // Each row counts twice in a mean or a sum over rows.
    const comparable = Object.keys(results).filter((name) => results[name]!.length > 1);
    const differs = difference(pick(results, comparable), pick(expected, comparable));
    if (differs) problems.push(`${call.name}, K ${classes}: ${differs}`);
    destroyAll(narrow);
    destroyAll(wide);
    count++;
  });
  await engine.done();
  return { count, problems };
}

const pick = (from: Record<string, Float32Array>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, from[name]!]));

/** Each value, then itself again. */
function twice(data: Data): Data {
  const doubled = like(data, 2 * data.length);
  data.forEach((value, i) => {
    doubled[2 * i] = value;
    doubled[2 * i + 1] = value;
  });
  return doubled;
}

function transpose(data: Data, rows: number, columns: number): Data {
  const turned = like(data, data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  }
  return turned;
}
