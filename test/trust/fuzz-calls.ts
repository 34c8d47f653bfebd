/**
 * Generated calls: a case of the harness, right by construction, and what is done to its arguments
 * before it is made. Plain JSON, since they are generated here and made in a page.
 */
import fc from 'fast-check';
import { type Case, isLoss, type TestOp, testOps } from '../../conformance/cases';
import { gives, isRowOp, takes } from '../../conformance/operations';
import { Random } from '../../conformance/random';

/** What is done to one argument. */
export interface Change {
  /** A key of `spoilings` or `liberties` in fuzz-changes.ts. */
  readonly kind: string;
  /** Which of the arguments, and with what: taken modulo how many there are. */
  readonly at: number;
  readonly value: number;
}

export interface FuzzCall {
  readonly case: Case;
  readonly changes: readonly Change[];
}

/** Training steps. */
export const isStep = (op: TestOp) => op === 'sgdStep' || op === 'adamStep';
/** Picks, filters, draws, and what is said of given elements. */
export const selects = (op: TestOp) => /^(argmax|topK|cutoff|sample|logProbabilities)$/.test(op);
export const onLogits = (op: TestOp) =>
  takes(op, 'x') || selects(op) || op === 'linearCrossEntropy';
export const filters = (op: TestOp) => op === 'cutoff' || op === 'sample';

/**
 * What decides which shaders a call takes, drawn once for each operation and flavour: a software
 * adapter takes longer to compile a shader than to run a thousand small calls of it.
 */
function flavourOf(op: TestOp, flavour: number) {
  // Picks and draws take the same, for they share shaders.
  const like = selects(op) ? 'argmax' : op;
  const random = new Random(1000 * testOps.indexOf(like) + flavour + 1);
  const pick = <T>(...values: readonly T[]): T => values[random.integer(values.length)]!;
  const perRow = !gives(op, 'tensor') && !gives(op, 'square');
  const probabilities = isLoss(op) && random.uniform() < 0.3;
  const hasSecond = takes(op, 'v');
  const f16 = (['x', 'v', 'y'] as const).filter(
    (role) =>
      random.uniform() < 0.15 &&
      (isRowOp(op) || selects(op)) &&
      (role !== 'v' || hasSecond || probabilities) &&
      (role !== 'y' || !perRow),
  );
  const alike = f16.includes('x') === f16.includes('y');
  const mayReplace = gives(op, 'tensor') && alike;
  return {
    length: pick(1, 3, 5, 8, 8),
    strided: random.uniform() < 0.25 && op !== 'linearCrossEntropy' && op !== 'countTokens',
    offset: pick(0, 0, 256, 6, 1028),
    f16,
    inPlace: mayReplace && random.uniform() < 0.3,
    mask: onLogits(op)
      ? pick(undefined, undefined, 'additive', 'boolean', 'bits', 'causal')
      : undefined,
    broadcast: random.uniform() < 0.5,
    probabilities,
    smoothing: isLoss(op) ? pick(undefined, undefined, 0.1, 1) : undefined,
    weights: isLoss(op) && random.uniform() < 0.3,
    reduction: pick('mean', 'sum', 'none'),
    lossGrad: op === 'crossEntropy' ? undefined : pick(undefined, 'number', 'tensor'),
    values: pick('logits', 'probabilities', 'logProbabilities'),
    among: random.uniform() < 0.4,
    weighs: random.uniform() < 0.5,
    adjust: selects(op)
      ? pick<Case['adjust']>(
          undefined,
          undefined,
          ['bias'],
          ['bias', 'repetition-first'],
          ['additive-first'],
        )
      : undefined,
    wants: pick(undefined, ['logSumExp', 'dX'] as const, ['logSumExp'] as const),
    momentum: pick(undefined, 0.9, 0),
  } as const;
}

/** Values that cost no shader. */
const free = fc.record({
  rank: fc.integer({ min: 1, max: 4 }),
  sizes: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(1, 2, 3, 1, 4, 0))),
  fromEnd: fc.boolean(),
  seed: fc.nat(9999),
  scale: fc.constantFrom(undefined, undefined, 0, 0.125, 0.7, 3),
  emptyRows: fc.constantFrom('nan', 'zero'),
  zLoss: fc.constantFrom(undefined, 0.01),
  ignore: fc.boolean(),
  special: fc.boolean(),
  outside: fc.boolean(),
  k: fc.nat(7),
  draws: fc.constantFrom(undefined, undefined, 0, 1, 3),
  rowOffset: fc.constantFrom(undefined, 0, 2 ** 32 - 1, 2 ** 53 - 1),
  greedy: fc.constantFrom(false, false, false, true),
  topP: fc.constantFrom(0.3, 0.9, 1e-9),
  filters: fc.record(
    {
      minP: fc.constantFrom(0, 0.05, 1),
      minKeep: fc.constant(1),
      filterTemperature: fc.constantFrom(0.5, 2),
      order: fc.constant(['minP', 'topK', 'topP']),
    },
    { requiredKeys: [] },
  ),
  bias: fc.boolean(),
  picked: fc.boolean(),
  scratchBytes: fc.constantFrom(undefined, 2 ** 14, 2 ** 53 - 1),
});
type Free = typeof free extends fc.Arbitrary<infer T> ? T : never;

function caseOf(op: TestOp, flavour: number, f: Free): Case {
  const how = flavourOf(op, flavour);
  const least = how.strided || how.mask === 'causal' ? 2 : 1;
  const rank = op === 'linearCrossEntropy' ? 2 : Math.max(f.rank, least);
  const others = f.sizes.slice(0, rank - 1) as number[];
  // The last dimension makes the rows strided, or is the axis.
  const axis = how.strided ? rank - 2 : rank - 1;
  if (how.strided) others[rank - 2] = Math.max(2, others[rank - 2]!);
  const shape = [...others.slice(0, axis), how.length, ...others.slice(axis)];
  const causal = how.mask === 'causal' && !how.strided;
  if (causal) shape[rank - 2] = Math.min(shape[rank - 2]!, how.length);
  const mask = how.mask === 'causal' && !causal ? undefined : how.mask;
  return {
    op,
    shape,
    seed: f.seed,
    ...(op !== 'linearCrossEntropy' && { axis: f.fromEnd ? axis - rank : axis }),
    ...(how.offset > 0 && { byteOffset: how.offset }),
    ...(how.inPlace && { inPlace: true }),
    ...(how.f16.length > 0 && { f16: how.f16 }),
    // Temperature 0 is a scale too.
    ...(f.scale !== undefined && !(op === 'sample' && f.greedy) && { scale: f.scale }),
    ...(f.special &&
      !how.strided &&
      !isLoss(op) &&
      !isStep(op) &&
      how.f16.length === 0 && { special: true }),
    ...(mask && { mask }),
    // Of its own shape a mask is read by another shader.
    ...(mask &&
      mask !== 'causal' && {
        broadcast: shape.map((_, d) => how.broadcast && d !== axis),
      }),
    ...(onLogits(op) && { emptyRows: f.emptyRows }),
    ...(how.adjust && { adjust: how.adjust }),
    ...(isLoss(op) && {
      targets: how.probabilities ? ('probabilities' as const) : ('index' as const),
      ...(how.smoothing !== undefined && { labelSmoothing: how.smoothing }),
      ...(f.zLoss !== undefined && { zLoss: f.zLoss }),
      weights: how.weights,
      ignore: f.ignore && !how.probabilities,
      outside: f.outside && !how.probabilities,
      reduction: how.reduction,
      ...(how.lossGrad && { lossGrad: how.lossGrad }),
    }),
    ...ownOptions(op, how, f),
  };
}

/** Options of the operations that are no walk over rows. */
function ownOptions(op: TestOp, how: ReturnType<typeof flavourOf>, f: Free): Partial<Case> {
  const k = 1 + (f.k % how.length);
  const ownFilters = { ...f.filters, ...(how.weighs && { topP: f.topP }) };
  switch (op) {
    case 'topK':
      return { k, values: how.values };
    case 'cutoff':
      return { own: ownFilters, ...(how.among && { k }) };
    case 'sample':
      return {
        greedy: f.greedy,
        own: ownFilters,
        ...(how.among && { k }),
        ...(f.draws !== undefined && { draws: f.draws }),
        ...(f.rowOffset !== undefined && { rowOffset: f.rowOffset }),
      };
    case 'logProbabilities':
    case 'countTokens':
      return how.among ? { k: f.k } : {};
    case 'linearCrossEntropy':
      return {
        bias: f.bias,
        picked: f.picked && !how.probabilities,
        ...(how.wants && { wants: how.wants }),
        ...(f.scratchBytes !== undefined && { scratchBytes: f.scratchBytes }),
      };
    case 'sgdStep':
      return how.momentum === undefined ? {} : { momentum: how.momentum };
    default:
      return {};
  }
}

const change = (kinds: readonly string[]): fc.Arbitrary<Change> =>
  fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(99), value: fc.nat(999) });

/**
 * Calls with nothing done to them, with liberties that change nothing, and with one or two of their
 * arguments spoilt.
 *
 * @param flavours of each operation.
 */
export function fuzzCalls(
  flavours: number,
  spoilings: readonly string[],
  liberties: readonly string[],
): fc.Arbitrary<FuzzCall> {
  return fc.record({
    case: fc
      .tuple(fc.constantFrom(...testOps), fc.nat(flavours - 1), free)
      .map(([op, flavour, rest]) => caseOf(op, flavour, rest)),
    changes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(change(liberties), { minLength: 1, maxLength: 2 }) },
      { weight: 5, arbitrary: fc.array(change(spoilings), { minLength: 1, maxLength: 2 }) },
    ),
  });
}
