/** The rest of the matrix of operations on rows, as seeded all-pairs of their options. */
import type { RegimeName } from '../src/index';
import { regimeNames } from '../src/rows/regimes';
import { allPairs, broadcastOf, mayBeCausal, type Pairs, shapeOf } from './all-pairs';
import type { Case } from './cases';
import { takes as regimeTakes } from './matrix';
import { gives, type RowOp, rowOps, takes } from './operations';
import type { Random } from './random';

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
  mask: [undefined, 'additive', 'boolean', 'bits', 'causal'],
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

/** Operations that take the same options; which of them it is, is a factor too. */
export const families: readonly (readonly RowOp[])[] = [
  rowOps.filter((op) => takesLogits(op) && !takesTargets(op)),
  rowOps.filter((op) => !takesLogits(op) && !isJacobian(op)),
  rowOps.filter(isJacobian),
  rowOps.filter(takesTargets),
];

/** All-pairs cases of a family; the same seed gives the same ones. */
export function pairs(family: readonly RowOp[], seed: number, subgroups: number): Pairs {
  const values = {
    op: family,
    ...common,
    ...(takesLogits(family[0]!) && onLogits),
    ...(takesTargets(family[0]!) && onTargets),
  } as unknown as { [F in keyof Choice]: readonly Choice[F][] };
  const of = (drawn: Choice, random: Random) => possible(drawn, subgroups, random);
  return allPairs({ values, possible: of, caseOf }, seed);
}

/** A choice that can be, its shape, and the axis in it. */
type Possible = Choice & { shape: number[]; at: number };

/** A choice as it can be: values that have no meaning beside the others give way to those of no option. */
function possible(drawn: Choice, subgroups: number, random: Random): Possible {
  const f = { ...drawn } as { -readonly [K in keyof Choice]: Choice[K] };
  // A Jacobian is the square of its row.
  if (isJacobian(f.op) && f.length > 300) f.length = 16;
  if (f.rank === 1) f.rows = 1;
  const { shape, at } = shapeOf(f, random);
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
  if (f.mask === 'causal' && !mayBeCausal(shape, at)) f.mask = undefined;
  if (!f.mask || f.mask === 'causal') f.broadcast = 0;
  if (f.targets === 'probabilities') f.ignore = false;
  if (!gives(f.op, 'tensor')) f.lossGrad = undefined;
  return { ...f, shape, at };
}

function caseOf({ shape, at, ...f }: Possible, seed: number, random: Random): Case {
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

function maskOf(f: Choice, axis: number, shape: number[]): Partial<Case> {
  if (!f.mask || !takesLogits(f.op)) return {};
  if (f.mask === 'causal') return { mask: 'causal' };
  return { mask: f.mask, broadcast: broadcastOf(shape, axis, f.broadcast) };
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
