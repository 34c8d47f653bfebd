/** Properties of what the GPU gives: each function returns what is wrong with one input, or ''. */

import { sharedEngine } from '../../conformance/engine';
import type { RowOp } from '../../conformance/operations';
import { normal, Random, uniform } from '../../conformance/random';
import type { Engine, GpuTensor, RegimeName } from '../../src/index';
import * as operations from '../../src/index';
import type { Reference } from '../../src/reference';
import * as reference from '../../src/reference';
import { bits, size } from '../ops/calls';
import { dot, numericDerivative, numericGradient } from '../reference/finite-differences';

/** One generated input. */
export interface Input {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly seed: number;
  /** Logits are within ± this. */
  readonly spread: number;
  readonly scale: number;
  readonly regime?: RegimeName | undefined;
}

/** What the properties ask of the library: operations, and an engine's tensors. */
export type Held = Pick<typeof operations, RowOp> & Pick<Engine, 'tensor' | 'wrap' | 'done'>;

let held: Promise<Held> | undefined;
const shared = () => {
  held ??= sharedEngine().then((engine) => ({
    ...operations,
    tensor: engine.tensor.bind(engine),
    wrap: engine.wrap.bind(engine),
    done: engine.done.bind(engine),
  }));
  return held;
};

/** Holds something else to the properties: what makes a mistake, to see that they tell. */
export function hold(other: Held): void {
  held = Promise.resolve(other);
}

interface Host {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const logitsOf = ({ shape, seed, spread }: Input): Host => ({
  data: uniform(seed, size(shape), -spread, spread),
  shape,
});

/** Multiples of 1/64: a shift by an integer is exact. */
const gridOf = (input: Input): Host => ({
  data: logitsOf(input).data.map((v) => Math.round(64 * v) / 64),
  shape: input.shape,
});

const pushedOf = ({ shape, seed }: Input): Host => ({ data: normal(seed + 1, size(shape)), shape });

const optionsOf = ({ axis, scale, regime }: Input) => ({
  axis,
  scale,
  ...(regime && { regime }),
});

/** The values of a result; inputs and result are destroyed. */
async function valuesOf(make: (library: Held, up: (host: Host) => GpuTensor) => GpuTensor) {
  const library = await shared();
  const made: GpuTensor[] = [];
  const result = make(library, ({ data, shape }) => {
    const tensor = library.tensor(data, shape);
    made.push(tensor);
    return tensor;
  });
  const values = (await result.read()) as Float32Array;
  for (const tensor of [...made, result]) tensor.destroy();
  return values;
}

const f32 = ({ data, shape }: Reference): Host => ({ data: Float32Array.from(data), shape });

/** Where two results differ by more than is allowed at each element. */
function apart(
  name: string,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  allowed: (i: number) => number,
): string {
  for (let i = 0; i < a.length; i++) {
    if (!(Math.abs(a[i]! - b[i]!) <= allowed(i))) {
      return `${name}[${i}]: ${a[i]} and ${b[i]} are more than ${allowed(i)} apart`;
    }
  }
  return '';
}

function differing(name: string, a: Float32Array, b: Float32Array): string {
  const words = bits(b);
  const i = bits(a).findIndex((word, k) => word !== words[k]);
  return i < 0 ? '' : `${name}[${i}]: ${a[i]} is not ${b[i]} to the bit`;
}

/** Elements of each row, in the order of the axis. */
export function rowsOf({ shape, axis }: Pick<Input, 'shape' | 'axis'>): number[][] {
  const a = axis < 0 ? axis + shape.length : axis;
  const length = shape[a]!;
  const inner = size(shape.slice(a + 1));
  return Array.from({ length: size(shape) / length }, (_, r) => {
    const first = Math.floor(r / inner) * length * inner + (r % inner);
    return Array.from({ length }, (_, k) => first + k * inner);
  });
}

const first = (problems: readonly string[]) => problems.find((problem) => problem !== '') ?? '';

/** softmax and logSoftmax of x + c have the bits of those of x; log-sum-exp has moved by s·c. */
export async function shiftInvariance(input: Input): Promise<string> {
  const x = gridOf(input);
  const c = new Random(input.seed).integer(2001) - 1000;
  const moved = { ...x, data: x.data.map((v) => v + c) };
  const o = optionsOf(input);
  const problems: string[] = [];
  for (const op of ['softmax', 'logSoftmax'] as const) {
    const [at, to] = await Promise.all(
      [x, moved].map((h) => valuesOf((library, up) => library[op](up(h), o))),
    );
    problems.push(differing(`${op} moved by ${c}`, at!, to!));
  }
  const [at, to] = await Promise.all(
    [x, moved].map((h) => valuesOf((library, up) => library.logSumExp(up(h), o))),
  );
  const [a, b] = [x, moved].map((h) => reference.logSumExp(h, o).bound);
  const expected = at!.map((v) => v + Math.fround(input.scale) * c);
  // The sum on the host is rounded once.
  const allowed = (i: number) => a![i]! + b![i]! + 2 ** -23 * Math.abs(expected[i]!);
  problems.push(apart(`logSumExp moved by ${c}`, to!, expected, allowed));
  return first(problems);
}

/** Longer rows are walked in chunks. */
const WHOLE_ROW = 4096;

/** Classes in another order give the same probabilities in that order; equal logits equal ones. */
export async function permutationEquivariance(input: Input): Promise<string> {
  const x = logitsOf(input);
  const random = new Random(input.seed + 7);
  const rows = rowsOf(input);
  const order = rows[0]!.map((_, k) => k);
  for (let k = order.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  // Twice the same logit in each row.
  for (const row of rows) x.data[row.at(-1)!] = x.data[row[0]!]!;
  const data = new Float32Array(x.data.length);
  for (const row of rows) for (const [k, i] of row.entries()) data[i] = x.data[row[order[k]!]!]!;
  const o = optionsOf(input);
  const problems: string[] = [];
  for (const op of ['softmax', 'logSoftmax'] as const) {
    const [y, z] = await Promise.all([
      valuesOf((library, up) => library[op](up(x), o)),
      valuesOf((library, up) => library[op](up({ ...x, data }), o)),
    ]);
    const { bound } = reference[op](x, o);
    for (const row of rows) {
      const there = row.map((_, k) => y[row[order[k]!]!]!);
      const allowed = (k: number) => 2 * bound[row[order[k]!]!]!;
      problems.push(
        apart(
          `${op}, permuted`,
          row.map((i) => z[i]!),
          there,
          allowed,
        ),
      );
      // A row in chunks sets its exponentials aside by the chunk's own maximum: there two equal
      // logits may round apart.
      const [a, b] = [row[0]!, row.at(-1)!];
      const slack = row.length > WHOLE_ROW ? bound[a]! + bound[b]! : 0;
      if (!(Math.abs(y[a]! - y[b]!) <= slack)) {
        problems.push(`${op}: equal logits, ${y[a]} and ${y[b]}`);
      }
    }
  }
  return first(problems);
}

/** The rows in another order, and each alone, have the same bits. */
export async function rowsApart(input: Input): Promise<string> {
  const axis = input.shape.length - 1;
  const plain = { ...input, axis };
  const x = logitsOf(plain);
  const o = optionsOf(plain);
  const rows = rowsOf(plain).reverse();
  const data = Float32Array.from(rows.flat(), (i) => x.data[i]!);
  const last = rows[0]!;
  const alone = { data: Float32Array.from(last, (i) => x.data[i]!), shape: [last.length] };
  const [y, z, w] = await Promise.all([
    valuesOf((library, up) => library.softmax(up(x), o)),
    valuesOf((library, up) => library.softmax(up({ ...x, data }), o)),
    valuesOf((library, up) => library.softmax(up(alone), { ...o, axis: -1 })),
  ]);
  const expected = Float32Array.from(rows.flat(), (i) => y[i]!);
  return first([
    differing('rows in another order', z, expected),
    differing(
      'a row alone',
      w,
      Float32Array.from(last, (i) => y[i]!),
    ),
  ]);
}

/** Rows sum to 1, probabilities lie in 0 … 1 and rise with the logits, exp(logSoftmax) is softmax. */
export async function distributions(input: Input): Promise<string> {
  const x = logitsOf(input);
  const o = optionsOf(input);
  const [y, logY] = await Promise.all([
    valuesOf((library, up) => library.softmax(up(x), o)),
    valuesOf((library, up) => library.logSoftmax(up(x), o)),
  ]);
  const [p, logP] = [reference.softmax(x, o), reference.logSoftmax(x, o)];
  const problems: string[] = [];
  for (const row of rowsOf(input)) {
    const sum = row.reduce((total, i) => total + y[i]!, 0);
    const slack = row.reduce((total, i) => total + p.bound[i]!, 0);
    if (!(Math.abs(sum - 1) <= slack))
      problems.push(`a row sums to ${sum}, more than ${slack} from 1`);
    const rising = [...row].sort((i, j) => x.data[i]! - x.data[j]!);
    for (const [k, i] of rising.entries()) {
      if (!(y[i]! >= 0 && y[i]! <= 1 + p.bound[i]!)) problems.push(`softmax[${i}] is ${y[i]}`);
      const j = rising[k + 1];
      if (j === undefined) continue;
      if (!(y[i]! <= y[j]! + p.bound[i]! + p.bound[j]!))
        problems.push(`softmax falls from ${i} to ${j}`);
      if (!(logY[i]! <= logY[j]! + logP.bound[i]! + logP.bound[j]!)) {
        problems.push(`logSoftmax falls from ${i} to ${j}`);
      }
    }
  }
  problems.push(
    apart('exp(logSoftmax)', logY.map(Math.exp), y, (i) => {
      const rounded = p.data[i]! * (Math.expm1(logP.bound[i]!) + 2 ** -23);
      return rounded + p.bound[i]! + 2 ** -126;
    }),
  );
  return first(problems);
}

/** ⟨g, Jv⟩ = ⟨Jᵀg, v⟩ for softmax and log-softmax; and the Jacobian's product with v is the JVP. */
export async function adjoints(input: Input): Promise<string> {
  const x = logitsOf(input);
  const o = optionsOf(input);
  const { axis } = input;
  const [g, v] = [pushedOf(input), pushedOf({ ...input, seed: input.seed + 50 })];
  const problems: string[] = [];
  for (const op of ['softmax', 'logSoftmax'] as const) {
    const y = f32(reference[op](x, { axis, scale: input.scale }));
    const [jv, jg] = await Promise.all([
      valuesOf((library, up) => library[`${op}Jvp`](up(y), up(v), o)),
      valuesOf((library, up) => library[`${op}Vjp`](up(y), up(g), o)),
    ]);
    const slackV = reference[`${op}Jvp`](y, v, o).bound;
    const slackG = reference[`${op}Vjp`](y, g, o).bound;
    // Where y is not quite a distribution, the two differ by as much: by rounding it to f32.
    const rounding = op === 'softmax' ? 0 : 2 ** -20 * input.scale;
    let [forward, backward, slack] = [0, 0, 0];
    for (let i = 0; i < x.data.length; i++) {
      forward += g.data[i]! * jv[i]!;
      backward += jg[i]! * v.data[i]!;
      slack += Math.abs(g.data[i]!) * slackV[i]! + Math.abs(v.data[i]!) * slackG[i]!;
      slack += rounding * Math.abs(g.data[i]! * v.data[i]!);
    }
    if (!(Math.abs(forward - backward) <= slack)) {
      problems.push(`${op}: ⟨g, Jv⟩ ${forward} and ⟨Jᵀg, v⟩ ${backward}, more than ${slack} apart`);
    }
  }
  if (x.data.length * rowsOf(input)[0]!.length <= 4096) problems.push(await jacobians(input, x, v));
  return first(problems);
}

async function jacobians(input: Input, x: Host, v: Host): Promise<string> {
  const { axis, scale } = input;
  const y = f32(reference.softmax(x, { axis, scale }));
  const o = { axis, scale };
  const [jacobian, jv] = await Promise.all([
    valuesOf((library, up) => library.softmaxJacobian(up(y), o)),
    valuesOf((library, up) => library.softmaxJvp(up(y), up(v), o)),
  ]);
  const bound = reference.softmaxJvp(y, v, o).bound;
  const exact = reference.softmaxJacobian(y, o);
  const a = axis < 0 ? axis + input.shape.length : axis;
  const length = input.shape[a]!;
  const inner = size(input.shape.slice(a + 1));
  const sums = new Float64Array(x.data.length);
  const slack = Float64Array.from(bound);
  for (const row of rowsOf(input)) {
    const outer = Math.floor(row[0]! / (length * inner));
    row.forEach((i, k) => {
      row.forEach((j, m) => {
        const at = ((outer * length + k) * length + m) * inner + (row[0]! % inner);
        sums[i]! += jacobian[at]! * v.data[j]!;
        slack[i]! += exact.bound[at]! * Math.abs(v.data[j]!);
        // y sums to 1 but for its own rounding, which the diagonal alone does not see.
        slack[i]! += Math.abs(exact.data[at]! * v.data[j]!) * 2 ** -22;
      });
    });
  }
  return apart('the Jacobian times v', sums, jv, (i) => slack[i]!);
}

/** Without z-loss the gradient's rows sum to 0, whatever the targets, weights and smoothing. */
export async function gradientSums(input: Input): Promise<string> {
  const random = new Random(input.seed + 3);
  const x = logitsOf(input);
  const rows = rowsOf(input);
  const classes = rows[0]!.length;
  const a = input.axis < 0 ? input.axis + input.shape.length : input.axis;
  const rowShape = input.shape.filter((_, d) => d !== a);
  const weights = { data: uniform(input.seed + 4, classes, 0.5, 2), shape: [classes] };
  const indices = Int32Array.from(rows, () => random.integer(classes));
  const targets = random.uniform() < 0.5 ? { data: indices, shape: rowShape } : undefined;
  const probabilities = f32(reference.softmax(pushedOf(input), { axis: input.axis }));
  const options = {
    ...optionsOf(input),
    labelSmoothing: random.uniform() < 0.5 ? 0 : 0.1,
    reduction: (['mean', 'sum', 'none'] as const)[random.integer(3)]!,
  };
  const weighted = random.uniform() < 0.5;
  const library = await shared();
  const grad = await valuesOf((library, up) =>
    library.crossEntropyGrad(up(x), targets ? indices : up(probabilities), {
      ...options,
      ...(weighted && { classWeights: up(weights) }),
    }),
  );
  await library.done();
  const { bound } = reference.crossEntropyGrad(x, targets ?? probabilities, {
    ...options,
    ...(weighted && { classWeights: weights }),
  });
  for (const row of rows) {
    const sum = row.reduce((total, i) => total + grad[i]!, 0);
    const slack = row.reduce((total, i) => total + bound[i]!, 0);
    if (!(Math.abs(sum) <= slack))
      return `a row of the gradient sums to ${sum}, more than ${slack}`;
  }
  return '';
}

/** Along any axis: the same as transposing, taking the last axis, and transposing back. */
export async function anyAxis(input: Input): Promise<string> {
  const x = logitsOf(input);
  const o = optionsOf(input);
  const rows = rowsOf(input);
  const length = rows[0]!.length;
  const moved = {
    data: Float32Array.from(rows.flat(), (i) => x.data[i]!),
    shape: [rows.length, length],
  };
  const problems: string[] = [];
  for (const op of ['softmax', 'logSoftmax'] as const) {
    const [y, z] = await Promise.all([
      valuesOf((library, up) => library[op](up(x), o)),
      valuesOf((library, up) => library[op](up(moved), { ...o, axis: -1 })),
    ]);
    const { bound } = reference[op](x, o);
    const order = rows.flat();
    const there = Float32Array.from(order, (i) => y[i]!);
    problems.push(apart(`${op}, transposed`, z, there, (i) => 2 * bound[order[i]!]!));
  }
  return first(problems);
}

const GUARD = 0x5ca1ab1e;

/** In place or beside, at any offset: the same bits, and not a word around them touched. */
export async function anyPlace(input: Input): Promise<string> {
  const library = await shared();
  const random = new Random(input.seed + 9);
  const x = logitsOf(input);
  const n = x.data.length;
  const y = f32(reference.softmax(x, { axis: input.axis, scale: input.scale }));
  const v = pushedOf(input);
  const o = optionsOf(input);
  const ops = ['softmax', 'logSoftmax', 'softmaxVjp'] as const;
  const problems = ops.map(async (op) => {
    const source = op === 'softmaxVjp' ? y : x;
    const call = (from: GpuTensor, second: () => GpuTensor, out?: GpuTensor) => {
      const options = { ...o, ...(out && { out }) };
      return op === 'softmaxVjp'
        ? library[op](from, second(), options)
        : library[op](from, options);
    };
    const [before, gap, after] = [
      1 + random.integer(300),
      random.integer(9),
      1 + random.integer(99),
    ];
    const expected = valuesOf((_, up) => call(up(source), () => up(v)));
    const placed = async (start: number) => {
      const words = new Uint32Array(before + 2 * n + gap + after).fill(GUARD);
      words.set(bits(source.data), before);
      using whole = library.tensor(words, [words.length]);
      using from = library.wrap(whole.buffer, source.shape, { byteOffset: 4 * before });
      using out = library.wrap(whole.buffer, source.shape, { byteOffset: 4 * start });
      using second = library.tensor(v.data, v.shape);
      call(from, () => second, out);
      const got = await whole.read();
      words.set(bits(await expected), start);
      const at = got.findIndex((word, i) => word !== words[i]);
      return at < 0 ? '' : `${op} from word ${before} to ${start} of ${words.length}: word ${at}`;
    };
    return [await placed(before), await placed(before + n + gap)];
  });
  return first((await Promise.all(problems)).flat());
}

/** Every derivative is what finite differences of the reference are. */
export async function finiteDifferences(input: Input): Promise<string> {
  const { shape, axis, scale } = input;
  const x = logitsOf(input);
  const v = pushedOf(input);
  const o = { axis, scale };
  const [y, logY, lse] = (['softmax', 'logSoftmax', 'logSumExp'] as const).map((op) =>
    f32(reference[op](x, o)),
  ) as [Host, Host, Host];
  const dLse = { data: v.data.slice(0, lse.data.length), shape: lse.shape };
  const classes = rowsOf(input)[0]!.length;
  const indices = Int32Array.from(lse.data, (_, r) => r % classes);
  const loss = { labelSmoothing: 0.1, zLoss: 0.01 };
  const options = optionsOf(input);
  const given = await Promise.all([
    valuesOf((library, up) => library.softmaxVjp(up(y), up(v), options)),
    valuesOf((library, up) => library.softmaxJvp(up(y), up(v), options)),
    valuesOf((library, up) => library.logSoftmaxVjp(up(logY), up(v), options)),
    valuesOf((library, up) => library.logSoftmaxJvp(up(logY), up(v), options)),
    valuesOf((library, up) => library.logSumExpVjp(up(x), up(dLse), options)),
    valuesOf((library, up) => library.crossEntropyGrad(up(x), indices, { ...options, ...loss })),
  ]);
  const at = { data: Float64Array.from(x.data), shape };
  const targets = { data: indices, shape: lse.shape };
  const expected = {
    softmaxVjp: numericGradient(at, (z) => dot(reference.softmax(z, o).data, v.data)),
    softmaxJvp: numericDerivative(at, v, (z) => reference.softmax(z, o).data),
    logSoftmaxVjp: numericGradient(at, (z) => dot(reference.logSoftmax(z, o).data, v.data)),
    logSoftmaxJvp: numericDerivative(at, v, (z) => reference.logSoftmax(z, o).data),
    logSumExpVjp: numericGradient(at, (z) => dot(reference.logSumExp(z, o).data, dLse.data)),
    crossEntropyGrad: numericGradient(
      at,
      (z) => reference.crossEntropy(z, targets, { ...o, ...loss }).loss.data[0]!,
    ),
  };
  // Rounded inputs and f32 results: some 2⁻²³ of the largest term, which v and the scale make.
  const largest = v.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const allowed = 4e-6 * Math.max(scale, 1) * largest;
  return first(
    Object.entries(expected).map(([name, values], i) =>
      apart(`${name}, finite differences`, values, given[i]!, () => allowed),
    ),
  );
}
