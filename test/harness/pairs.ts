/**
 * The rest of the matrix, as seeded all-pairs: every two values of any two of these factors meet in
 * some case. Greedy: each case is made around a pair that is still missing; of a few such random
 * candidates, the one that covers most new pairs is taken.
 */
import type { RegimeName } from '../../src/index';
import { regimeNames } from '../../src/kernels/regimes';
import { type Case, type TestOp, testOps } from './cases';
import { takes } from './matrix';
import { Random } from './random';

/** What every operation has. */
const common = {
  length: [1, 2, 3, 5, 33, 64, 127, 257, 1000, 1024, 4097, 6625],
  rank: [1, 2, 3, 4, 5],
  // Which axis, as a share of the rank.
  axis: [0, 0.3, 0.6, 0.99],
  rows: [0, 1, 2, 3, 7, 64],
  regime: [undefined, ...regimeNames],
  byteOffset: [0, 4, 256, 1028],
  inPlace: [false, true],
  scale: [undefined, 0, 0.125, 0.7, 3],
  f16: ['', 'x', 'y', 'v', 'xy', 'xvy'],
} as const;

/** What operations on logits have besides. */
const onLogits = {
  mask: [undefined, 'additive', 'boolean', 'causal'],
  broadcast: [0, 1, 2, 3],
  emptyRows: ['nan', 'zero'],
} as const;

/** What cross-entropy has besides. */
const onTargets = {
  targets: ['index', 'probabilities'],
  labelSmoothing: [undefined, 0.1, 1],
  zLoss: [undefined, 0.01],
  weights: [false, true],
  ignore: [false, true],
  reduction: ['mean', 'sum', 'none'],
  lossGrad: [undefined, 'number', 'tensor'],
} as const;

const all = { ...common, ...onLogits, ...onTargets };
type Factors = typeof all;
type Choice = { op: TestOp } & { [F in keyof Factors]: Factors[F][number] };

const takesLogits = (op: TestOp) =>
  /^(softmax|logSoftmax|logSumExp|logSumExpVjp|cross.*)$/.test(op);
const takesTargets = (op: TestOp) => op.startsWith('crossEntropy');

const CANDIDATES = 12;

/** Operations with the same options, which are a factor too. */
export const families: readonly (readonly TestOp[])[] = [
  ...testOps.filter((op) => !takesTargets(op)).map((op) => [op]),
  testOps.filter(takesTargets),
];

export interface Pairs {
  readonly cases: Case[];
  /** How many pairs of values meet in them: all there are. */
  readonly count: number;
}

/** All-pairs cases of a family; the same seed gives the same ones. */
export function pairs(family: readonly TestOp[], seed: number, subgroups: boolean): Pairs {
  const random = new Random(seed);
  const factors = Object.entries({
    op: family,
    ...common,
    ...(takesLogits(family[0]!) && onLogits),
    ...(takesTargets(family[0]!) && onTargets),
  } as Record<string, readonly unknown[]>);

  type Value = readonly [factor: number, value: number];
  const key = ([f, i]: Value, [g, j]: Value) => `${f}=${i} ${g}=${j}`;
  const missing = new Map<string, readonly [Value, Value]>();
  factors.forEach(([, values], f) => {
    factors.slice(f + 1).forEach(([, others], rest) => {
      const g = f + 1 + rest;
      values.forEach((_, i) => {
        others.forEach((_, j) => {
          missing.set(key([f, i], [g, j]), [
            [f, i],
            [g, j],
          ]);
        });
      });
    });
  });
  const count = missing.size;

  /** A value for each factor, with those of a missing pair among them. */
  const draw = (): number[] => {
    const chosen = factors.map(([, values]) => random.integer(values.length));
    const open = [...missing.values()];
    for (const [f, i] of open[random.integer(open.length)]!) chosen[f] = i;
    return chosen;
  };
  const fresh = (chosen: readonly number[]) =>
    chosen.flatMap((i, f) =>
      chosen
        .slice(f + 1)
        .map((j, rest) => key([f, i], [f + 1 + rest, j]))
        .filter((pair) => missing.has(pair)),
    );
  const cases: Case[] = [];
  while (missing.size > 0) {
    const candidates = Array.from({ length: CANDIDATES }, draw).map((chosen) => ({
      chosen,
      covers: fresh(chosen),
    }));
    const best = candidates.reduce((a, b) => (b.covers.length > a.covers.length ? b : a));
    for (const pair of best.covers) missing.delete(pair);
    const choice = Object.fromEntries(
      factors.map(([name, values], f) => [name, values[best.chosen[f]!]]),
    ) as Choice;
    cases.push(caseOf(choice, 1000 * seed + cases.length, subgroups, random));
  }
  return { cases, count };
}

/** The case of a choice, less what has no meaning together. */
function caseOf(choice: Choice, seed: number, subgroups: boolean, random: Random): Case {
  // A Jacobian is the square of its row.
  const length = choice.op === 'softmaxJacobian' ? Math.min(choice.length, 127) : choice.length;
  const f = { ...choice, length } as Choice;
  const axis = Math.floor(f.axis * f.rank);
  const shape = shapeOf(f, axis, random);
  const strided = shape.slice(axis + 1).some((n) => n !== 1);
  const regime =
    f.regime !== undefined && takes(f.regime, f.length, strided, subgroups) ? f.regime : undefined;
  const f16 = ([...f.f16] as ('x' | 'v' | 'y')[]).filter(
    (role) =>
      (role !== 'y' || (f.op !== 'logSumExp' && f.op !== 'crossEntropy')) &&
      (role !== 'v' || f.targets === 'probabilities' || /Vjp|Jvp/.test(f.op)),
  );
  const alike = f16.includes('x') === f16.includes('y');
  return {
    op: f.op,
    shape,
    axis: random.uniform() < 0.5 ? axis : axis - f.rank,
    seed,
    ...(regime && f.op !== 'softmaxJacobian' && { regime: regime as RegimeName }),
    ...(f.byteOffset > 0 && { byteOffset: f.byteOffset }),
    ...(f.inPlace && alike && inPlaceAllowed(f.op) && { inPlace: true }),
    ...(f16.length > 0 && { f16 }),
    ...(f.scale !== undefined && { scale: f.scale }),
    ...maskOf(f, axis, shape),
    ...(takesLogits(f.op) && { emptyRows: f.emptyRows }),
    ...(takesTargets(f.op) && lossOf(f)),
  };
}

const inPlaceAllowed = (op: TestOp) =>
  op !== 'logSumExp' && op !== 'softmaxJacobian' && op !== 'crossEntropy';

/** A shape of the rank with about as many rows as asked for, spread over the other dimensions. */
function shapeOf(f: Choice, axis: number, random: Random): number[] {
  const shape: number[] = Array.from({ length: f.rank }, () => 1);
  let rest: number = f.rank === 1 ? 1 : f.rows;
  for (let d = 0; d < f.rank; d++) {
    if (d === axis) {
      shape[d] = f.length;
      continue;
    }
    const last = d === f.rank - 1 || (d === f.rank - 2 && axis === f.rank - 1);
    const divisors = [1, 2, 3, 4, 7, 8].filter((n) => rest % n === 0);
    shape[d] = last ? rest : divisors[random.integer(divisors.length)]!;
    rest = shape[d] === 0 ? 0 : rest / shape[d]!;
  }
  return shape;
}

function maskOf(f: Choice, axis: number, shape: number[]): Partial<Case> {
  if (!f.mask || !takesLogits(f.op)) return {};
  if (f.mask === 'causal') {
    const fits = axis === f.rank - 1 && f.rank > 1 && shape.at(-2)! <= shape.at(-1)!;
    return fits ? { mask: 'causal' } : {};
  }
  // Broadcast none, all but the axis, the axis alone, or every other dimension.
  const broadcast = shape.map(
    (_, d) => [false, d !== axis, d === axis, d % 2 === 0][f.broadcast as number]!,
  );
  return { mask: f.mask, broadcast };
}

function lossOf(f: Choice): Partial<Case> {
  return {
    targets: f.targets,
    ...(f.labelSmoothing !== undefined && { labelSmoothing: f.labelSmoothing }),
    ...(f.zLoss !== undefined && { zLoss: f.zLoss }),
    weights: f.weights,
    ignore: f.ignore && f.targets === 'index',
    reduction: f.reduction,
    ...(f.lossGrad && f.op !== 'crossEntropy' && { lossGrad: f.lossGrad }),
  };
}
