/**
 * The rest of the matrix, as seeded all-pairs: every two values of any two of these factors meet in
 * some case. Greedy: each case is made around a pair that is still missing; of a few such random
 * candidates, the one that covers most new pairs is taken.
 */
import type { RegimeName } from '../src/index';
import { regimeNames } from '../src/rows/regimes';
import type { Case } from './cases';
import { takes as regimeTakes } from './matrix';
import { gives, type RowOp, rowOps, takes } from './operations';
import { Random } from './random';

/** What every operation has. The matrix has all row lengths; here are those of each way to walk a row. */
const common = {
  length: [1, 6, 16, 257, 1000, 4097],
  rank: [1, 2, 3, 4, 5],
  // Which axis, as a share of the rank.
  axis: [0, 0.3, 0.6, 0.99],
  rows: [0, 1, 2, 3, 7, 64],
  regime: [undefined, ...regimeNames],
  // What is not halves starts at the next word.
  byteOffset: [0, 2, 4, 256, 1030],
  inPlace: [false, true],
  scale: [undefined, 0, 0.125, 0.7, 3],
  f16: ['', 'x', 'y', 'v', 'xy', 'xvy'],
} as const;

/** What operations on logits have besides. */
const onLogits = {
  precision: [undefined, 'high'],
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
type Choice = { op: RowOp } & { [F in keyof Factors]: Factors[F][number] };

const takesLogits = (op: RowOp) => takes(op, 'x');
const takesTargets = (op: RowOp) => takes(op, 'targets');
const isJacobian = (op: RowOp) => gives(op, 'square');

/** Random candidates for a place in the list. */
const CANDIDATES = 24;
/** Draws around a pair before it is said to have no meaning together. */
const DRAWS = 400;

/** Operations that take the same options; which of them it is, is a factor too. */
export const families: readonly (readonly RowOp[])[] = [
  rowOps.filter((op) => takesLogits(op) && !takesTargets(op)),
  rowOps.filter((op) => !takesLogits(op) && !isJacobian(op)),
  rowOps.filter(isJacobian),
  rowOps.filter(takesTargets),
];

export interface Pairs {
  readonly cases: Case[];
  /** How many pairs of values meet in them: all that can. */
  readonly count: number;
  /** Pairs that have no meaning together, as a split regime and a Jacobian. */
  readonly impossible: number;
}

/** All-pairs cases of a family; the same seed gives the same ones. */
export function pairs(family: readonly RowOp[], seed: number, subgroups: number): Pairs {
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
  const all = missing.size;

  /** A value for each factor, with a pair among them; where values cannot be together, what is left. */
  const draw = (pair: readonly [Value, Value]): Candidate => {
    const drawn = factors.map(([, values]) => random.integer(values.length));
    for (const [f, i] of pair) drawn[f] = i;
    const choice = possible(
      Object.fromEntries(factors.map(([name, values], f) => [name, values[drawn[f]!]])) as Choice,
      subgroups,
      random,
    );
    const chosen = factors.map(([name, values]) => values.indexOf(choice[name as keyof Choice]));
    const covers = chosen.flatMap((i, f) =>
      chosen
        .slice(f + 1)
        .map((j, rest) => key([f, i], [f + 1 + rest, j]))
        .filter((met) => missing.has(met)),
    );
    return { choice, covers };
  };
  const cases: Case[] = [];
  let impossible = 0;
  while (missing.size > 0) {
    const open = [...missing.entries()];
    const [name, pair] = open[random.integer(open.length)]!;
    const candidates = Array.from({ length: CANDIDATES }, () => draw(pair));
    for (let i = 0; i < DRAWS && !candidates.some(({ covers }) => covers.includes(name)); i++) {
      candidates.push(draw(pair));
    }
    const with_ = candidates.filter(({ covers }) => covers.includes(name));
    if (with_.length === 0) {
      missing.delete(name);
      impossible++;
      continue;
    }
    const best = with_.reduce((a, b) => (b.covers.length > a.covers.length ? b : a));
    for (const met of best.covers) missing.delete(met);
    cases.push(caseOf(best.choice, 1000 * seed + cases.length, random));
  }
  return { cases, count: all - impossible, impossible };
}

interface Candidate {
  readonly choice: Choice & { shape: number[]; at: number };
  /** Pairs that were missing and meet in it. */
  readonly covers: string[];
}

/** A choice as it can be: values that have no meaning beside the others give way to those of no option. */
function possible(drawn: Choice, subgroups: number, random: Random): Candidate['choice'] {
  const f = { ...drawn } as { -readonly [K in keyof Choice]: Choice[K] };
  // A Jacobian is the square of its row.
  if (isJacobian(f.op) && f.length > 300) f.length = 16;
  if (f.rank === 1) f.rows = 1;
  const at = Math.floor(f.axis * f.rank);
  const shape = shapeOf(f, at, random);
  const strided = shape.slice(at + 1).some((n) => n !== 1);
  if (isJacobian(f.op)) f.regime = undefined;
  if (f.regime && !regimeTakes(f.regime, f.length, strided, subgroups)) f.regime = undefined;
  const roles = [...f.f16].filter(
    (role) =>
      (role !== 'y' || gives(f.op, 'tensor') || isJacobian(f.op)) &&
      (role !== 'v' || f.targets === 'probabilities' || takes(f.op, 'v')),
  );
  f.f16 = roles.join('') as Choice['f16'];
  const alike = roles.includes('x') === roles.includes('y');
  if (!alike || !gives(f.op, 'tensor')) f.inPlace = false;
  const causal = at === f.rank - 1 && f.rank > 1 && shape.at(-2)! <= shape.at(-1)!;
  if (f.mask === 'causal' && !causal) f.mask = undefined;
  if (!f.mask || f.mask === 'causal') f.broadcast = 0;
  if (f.targets === 'probabilities') f.ignore = false;
  if (!gives(f.op, 'tensor')) f.lossGrad = undefined;
  return { ...f, shape, at };
}

function caseOf({ shape, at, ...f }: Candidate['choice'], seed: number, random: Random): Case {
  const f16 = [...f.f16] as ('x' | 'v' | 'y')[];
  return {
    op: f.op,
    shape,
    axis: random.uniform() < 0.5 ? at : at - f.rank,
    seed,
    ...(f.regime && { regime: f.regime as RegimeName }),
    ...(f.byteOffset > 0 && { byteOffset: f.byteOffset }),
    ...(f.inPlace && { inPlace: true }),
    ...(f16.length > 0 && { f16 }),
    ...(f.scale !== undefined && { scale: f.scale }),
    ...(takesLogits(f.op) && f.precision && { precision: f.precision }),
    ...maskOf(f, at, shape),
    ...(takesLogits(f.op) && { emptyRows: f.emptyRows }),
    ...(takesTargets(f.op) && lossOf(f)),
  };
}

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
  if (f.mask === 'causal') return { mask: 'causal' };
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
    ignore: f.ignore,
    reduction: f.reduction,
    ...(f.lossGrad && { lossGrad: f.lossGrad }),
  };
}
