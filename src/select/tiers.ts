import type { AdapterClass } from '../gpu/adapter';
import type { RegimeName } from '../rows/regimes';

/** What scans a chunk of a row and picks from it: one invocation, or a workgroup. */
export type SelectRegime = Extract<RegimeName, `split-${string}`>;

export const selectRegimes: readonly SelectRegime[] = [
  'split-per-invocation',
  'split-per-workgroup',
];

const ANY = Number.POSITIVE_INFINITY;

/** The regime by row length: the first line that fits. The results are the same. */
const tiers = [
  { adapter: 'cpu', rows: 'contiguous', maxLength: ANY, regime: 'split-per-invocation' },
  { adapter: 'cpu', rows: 'strided', maxLength: ANY, regime: 'split-per-invocation' },
  // One block: nothing to share.
  { adapter: 'gpu', rows: 'contiguous', maxLength: 64, regime: 'split-per-invocation' },
  { adapter: 'gpu', rows: 'contiguous', maxLength: ANY, regime: 'split-per-workgroup' },
  // Neighbouring invocations take neighbouring rows, which are neighbours in memory.
  { adapter: 'gpu', rows: 'strided', maxLength: ANY, regime: 'split-per-invocation' },
] as const;

/** The planner's choice for rows of this length. */
export function chooseSelectLanes(
  length: number,
  strided: boolean,
  { adapter }: { readonly adapter: AdapterClass },
): SelectRegime {
  const rows = strided ? 'strided' : 'contiguous';
  return tiers.find((t) => t.adapter === adapter && t.rows === rows && length <= t.maxLength)!
    .regime;
}
