import { createSoftmax, type Softmax } from '../../src/index';
import type { AdapterClass } from '../../src/kernels/tiers';
import {
  type Call,
  destroyAll,
  difference,
  optionCalls,
  plainCalls,
  size,
  type Tensors,
  take,
  type Values,
} from '../ops/calls';

const engines: Partial<Record<AdapterClass, Promise<Softmax>>> = {};
const engineFor = (adapterClass: AdapterClass) => {
  engines[adapterClass] ??= createSoftmax({ adapterClass });
  return engines[adapterClass];
};

/** Inputs and results that the rows of a batch do not have to themselves. */
const shared: readonly string[] = ['classWeights', 'broadcastMask'];
/** A loss over all rows, which is no row's own. */
const overRows = (call: Call, name: string) => name === 'loss' && call.outputs[name]!.length === 0;

const callsOf = (shape: readonly number[], axis = -1, seed = 1) =>
  [
    ...plainCalls({ shape, axis, seed }).filter(({ name }) => name !== 'softmaxJacobian'),
    // Gradients of a mean carry 1/N: the losses of rows are held to their bits by those without.
    ...optionCalls({ shape, axis, seed }),
  ].filter(({ name }) => !/^crossEntropy(Grad|WithGrad)?$/.test(name));

type Data = Float32Array | Int32Array | Uint32Array;
const like = (data: Data, count: number) =>
  new (data.constructor as new (count: number) => Data)(count);

/**
 * The inputs of a call for a batch whose row `at` is row 0 of `call` and whose other rows are those
 * of a call on `others`, over and over; `byteOffset` is where each starts in its buffer.
 */
function batch(
  sm: Softmax,
  call: Call,
  others: Call,
  rows: number,
  at: number,
  byteOffset: number,
) {
  const tensors: Tensors = {};
  for (const [name, { data, shape, dtype }] of Object.entries(call.inputs)) {
    if (shared.includes(name)) {
      tensors[name] = sm.tensor(data, shape, { dtype });
      continue;
    }
    const source = others.inputs[name]!.data;
    const each = data.length;
    const pad = byteOffset / 4;
    const all = like(data, pad + rows * each);
    for (let i = pad; i < all.length; i += source.length) {
      all.set(source.subarray(0, Math.min(source.length, all.length - i)), i);
    }
    all.set(data, pad + at * each);
    const whole = sm.tensor(all, [all.length], { dtype });
    tensors[name] = sm.wrap(whole.buffer, [rows, ...shape.slice(1)], { dtype, byteOffset });
  }
  return tensors;
}

/** Row `at` of each result. */
async function rowOf(call: Call, results: Tensors, at: number): Promise<Values> {
  const row: Values = {};
  for (const [name, values] of Object.entries(await take(results))) {
    if (overRows(call, name)) continue;
    const each = size(call.outputs[name]!);
    row[name] = values.slice(at * each, (at + 1) * each);
  }
  return row;
}

/**
 * Every operation on one row of K, alone and again, and at places in batches of other rows, at
 * several alignments: where a bit differs.
 */
export async function batches(
  adapterClass: AdapterClass,
  classes: number,
  places: readonly { rows: number; at: number; byteOffset: number }[],
  names?: readonly string[],
) {
  const sm = await engineFor(adapterClass);
  const problems: string[] = [];
  let count = 0;
  const others = callsOf([3, classes], -1, 50);
  for (const [i, call] of callsOf([1, classes]).entries()) {
    if (names && !names.includes(call.name)) continue;
    const alone = await rowOf(call, call.run(sm, batch(sm, call, call, 1, 0, 0)), 0);
    for (const { rows, at, byteOffset } of [{ rows: 1, at: 0, byteOffset: 0 }, ...places]) {
      const inputs = batch(sm, call, others[i]!, rows, at, byteOffset);
      const differs = difference(await rowOf(call, call.run(sm, inputs), at), alone);
      if (differs) {
        problems.push(
          `${call.name}, K ${classes}, row ${at} of ${rows} at byte ${byteOffset}: ${differs}`,
        );
      }
      for (const tensor of Object.values(inputs)) tensor.buffer.destroy();
      count++;
    }
  }
  await sm.done();
  return { count, problems: problems.slice(0, 20) };
}

/**
 * Columns: three side by side along axis 0, against the same ones in slabs of their own, each twice
 * over (axis 1 of three dimensions): where a bit differs.
 *
 * @param names calls to make; default: all.
 */
export async function columns(classes: number, names?: readonly string[]) {
  const sm = await engineFor('cpu');
  const problems: string[] = [];
  let count = 0;
  const flat = callsOf([classes, 3], 0);
  for (const [i, call] of callsOf([3, classes, 2], 1).entries()) {
    if (names && !names.includes(call.name)) continue;
    const model = flat[i]!;
    const narrow: Tensors = {};
    const wide: Tensors = {};
    const doubled = (data: Data) => twice(data.length === 3 ? data : transpose(data, classes, 3));
    for (const [name, { shape, dtype }] of Object.entries(call.inputs)) {
      const { data, shape: own } = model.inputs[name]!;
      const perRow = data.length === 3 || data.length === 3 * classes;
      const values = perRow ? doubled(data) : data;
      if (values.length !== size(shape)) throw new Error(`${call.name}: ${name} does not fit`);
      narrow[name] = sm.tensor(data, own, { dtype });
      wide[name] = sm.tensor(values, shape, { dtype });
    }
    const expected = await take(model.run(sm, narrow));
    for (const [name, values] of Object.entries(expected)) {
      if (values.length >= 3) expected[name] = doubled(values) as Float32Array;
    }
    const results = await take(call.run(sm, wide));
    // Each row counts twice in a mean or a sum over rows.
    const comparable = Object.keys(results).filter((name) => results[name]!.length > 1);
    const differs = difference(pick(results, comparable), pick(expected, comparable));
    if (differs) problems.push(`${call.name}, K ${classes}: ${differs}`);
    destroyAll(narrow);
    destroyAll(wide);
    count++;
  }
  await sm.done();
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
