import { type RegimeName, regimes } from './regimes';

/**
 * Adapters want opposite things. On a CPU-backed one a barrier switches fibres for every
 * invocation, and an invocation that runs through memory alone is best. On a GPU an invocation a
 * row wastes most of each memory transaction, unless neighbours take neighbouring columns.
 */
export type AdapterClass = 'cpu' | 'gpu';

interface Tier {
  readonly adapter: AdapterClass;
  /** Rows contiguous (the axis is the last) or strided. */
  readonly rows: 'contiguous' | 'strided';
  /** Rows up to this long. */
  readonly maxLength: number;
  readonly regime: RegimeName;
  /** Elements of a chunk, for split rows: a multiple of 1024. */
  readonly chunk: number;
}

const ANY = Number.POSITIVE_INFINITY;

/**
 * The regime by row length: the first line that fits. It decides how a row's terms are grouped (its
 * sum plan), so nothing here may depend on how many rows there are.
 */
const tiers: readonly Tier[] = [
  {
    adapter: 'cpu',
    rows: 'contiguous',
    maxLength: 4096,
    regime: 'row-per-invocation',
    chunk: 4096,
  },
  {
    adapter: 'cpu',
    rows: 'contiguous',
    maxLength: ANY,
    regime: 'split-per-invocation',
    chunk: 4096,
  },
  { adapter: 'cpu', rows: 'strided', maxLength: 4096, regime: 'row-per-invocation', chunk: 4096 },
  { adapter: 'cpu', rows: 'strided', maxLength: ANY, regime: 'split-per-invocation', chunk: 4096 },
  { adapter: 'gpu', rows: 'contiguous', maxLength: 32, regime: 'row-per-invocation', chunk: 4096 },
  { adapter: 'gpu', rows: 'contiguous', maxLength: 1024, regime: 'row-per-subgroup', chunk: 4096 },
  {
    adapter: 'gpu',
    rows: 'contiguous',
    maxLength: 16_384,
    regime: 'row-per-workgroup',
    chunk: 4096,
  },
  {
    adapter: 'gpu',
    rows: 'contiguous',
    maxLength: ANY,
    regime: 'split-per-workgroup',
    chunk: 4096,
  },
  { adapter: 'gpu', rows: 'strided', maxLength: 1024, regime: 'row-per-invocation', chunk: 1024 },
  { adapter: 'gpu', rows: 'strided', maxLength: ANY, regime: 'split-per-invocation', chunk: 1024 },
];

export interface Capabilities {
  readonly adapter: AdapterClass;
  readonly subgroups: boolean;
}

/**
 * Whether a regime can take rows of this length on this device. Only invocations that walk alone take
 * rows whose elements are apart (an axis that is not the last): four neighbouring columns each.
 */
export function canTake(
  regime: RegimeName,
  length: number,
  strided: boolean,
  { subgroups }: Capabilities,
): boolean {
  const { lanes, maxQuads } = regimes[regime];
  const quads = strided ? length : Math.ceil(length / 4);
  if (quads > maxQuads) return false;
  return lanes === 'invocation' || (!strided && (lanes === 'workgroup' || subgroups));
}

/** The planner's choice for rows of this length. */
export function chooseTier(length: number, strided: boolean, device: Capabilities): Tier {
  const rows = strided ? 'strided' : 'contiguous';
  const tier = tiers.find(
    (t) =>
      t.adapter === device.adapter &&
      t.rows === rows &&
      length <= t.maxLength &&
      canTake(t.regime, length, strided, device),
  );
  if (!tier) throw new Error(`no tier takes rows of ${length} on a ${device.adapter} adapter`);
  return tier;
}

/** Elements of a chunk where a regime is forced. */
export const FORCED_CHUNK = 4096;
