/** All-pairs of the options of what selects: picks, filters, draws, and log-probabilities at given places. */
import { selectRegimes } from '../src/select/tiers';
import { allPairs, broadcastOf, mayBeCausal, type Pairs, shapeOf } from './all-pairs';
import type { Case } from './cases';
import type { Random } from './random';

/** Operations that select, and their options. */
const values = {
  op: ['argmax', 'topK', 'cutoff', 'sample', 'logProbabilities'],
  length: [1, 64, 257, 4100, 9001],
  rank: [1, 2, 3],
  // Which axis, as a share of the rank.
  axis: [0, 0.5, 0.99],
  rows: [0, 1, 3, 8],
  regime: [undefined, ...selectRegimes],
  // What is not halves starts at the next word.
  byteOffset: [0, 2],
  f16: [false, true],
  special: [false, true],
  scale: [undefined, 0, 0.7],
  mask: [undefined, 'additive', 'bits', 'causal'],
  broadcast: [0, 1, 2, 3],
  bias: [false, true],
  penalties: [undefined, 'repetition-first', 'additive-first'],
  // Picks, filters and places alike.
  k: [undefined, 1, 40],
  values: ['logits', 'renormalized'],
  emptyRows: ['nan', 'zero'],
  topP: [undefined, 0.3, 0.95],
  minP: [undefined, 0.05],
  minKeep: [undefined, 4],
  filterTemperature: [undefined, 1.7],
  order: [undefined, ['minP', 'topK', 'topP']],
  draws: [undefined, 3],
  rowOffset: [undefined, 2 ** 40 + 3],
  greedy: [false, true],
} as const;

const filters = ['topP', 'minP', 'minKeep', 'filterTemperature', 'order'] as const;

type Choice = { [F in keyof typeof values]: (typeof values)[F][number] };
/** A choice that can be, its shape, and the axis in it. */
type Possible = Choice & { shape: number[]; at: number };

/** All-pairs cases of operations that select; the same seed gives the same ones. */
export const selectionPairs = (seed: number): Pairs =>
  allPairs<Choice, Possible>({ values, possible, caseOf }, seed);

/** What is no option of the operation, or has no meaning beside the others, is not given. */
function possible(drawn: Choice, random: Random): Possible {
  const f = { ...drawn } as { -readonly [K in keyof Choice]: Choice[K] };
  const { op } = f;
  if (f.rank === 1) f.rows = 1;
  const { shape, at } = shapeOf(f, random);
  if (f.special && at !== f.rank - 1) f.special = false;
  if (f.mask === 'causal' && !mayBeCausal(shape, at)) f.mask = undefined;
  if (!f.mask || f.mask === 'causal') f.broadcast = 0;
  if (op !== 'sample') Object.assign(f, { draws: undefined, rowOffset: undefined, greedy: false });
  if (op !== 'topK') f.values = 'logits';
  if (op !== 'topK' && op !== 'logProbabilities') f.emptyRows = 'nan';
  if (op === 'argmax') f.k = undefined;
  // Temperature 0 is a scale too.
  if (op === 'argmax' || f.greedy) f.scale = undefined;
  if (op !== 'sample' && op !== 'cutoff') {
    for (const name of filters) f[name] = undefined;
  }
  if (f.minKeep && f.minKeep > f.length) f.minKeep = undefined;
  return { ...f, shape, at };
}

function caseOf({ shape, at, ...f }: Possible, seed: number, random: Random): Case {
  const { op } = f;
  const own = Object.fromEntries(
    filters.flatMap((name) => (f[name] === undefined ? [] : [[name, f[name]]])),
  );
  const adjust = [...(f.bias ? (['bias'] as const) : []), ...(f.penalties ? [f.penalties] : [])];
  return {
    op,
    shape,
    axis: random.uniform() < 0.5 ? at : at - f.rank,
    seed,
    ...(f.regime && { regime: f.regime }),
    ...(f.byteOffset > 0 && { byteOffset: f.byteOffset }),
    ...(f.f16 && { f16: ['x'] as const }),
    ...(f.special && { special: true }),
    ...(f.scale !== undefined && { scale: f.scale }),
    ...(f.mask && { mask: f.mask }),
    ...(f.broadcast > 0 && { broadcast: broadcastOf(shape, at, f.broadcast) }),
    ...(adjust.length > 0 && { adjust }),
    ...(f.k !== undefined && { k: f.k }),
    ...(op === 'topK' && { values: f.values }),
    ...((op === 'topK' || op === 'logProbabilities') && { emptyRows: f.emptyRows }),
    ...((op === 'sample' || op === 'cutoff') && { own }),
    ...(f.draws !== undefined && { draws: f.draws }),
    ...(f.rowOffset !== undefined && { rowOffset: f.rowOffset }),
    ...(f.greedy && { greedy: true }),
  };
}
