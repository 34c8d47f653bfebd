import type { AdapterClass } from '../gpu/adapter';
import type { RegimeName } from '../rows/regimes';

/** What scans a chunk of a row and picks from it: one invocation, or a workgroup. */
export type SelectRegime = Extract<RegimeName, `split-${string}`>;

export const selectRegimes: readonly SelectRegime[] = [
  'split-per-invocation',
  'split-per-workgroup',
];

/** Elements of a row that is one block: nothing to share. */
const ONE_BLOCK = 64;

/**
 * The planner's choice for rows of this length; the results are the same. Neighbouring invocations take
 * neighbouring rows, which are neighbours in memory where a row's elements are apart.
 */
export const chooseSelectScope = (
  length: number,
  strided: boolean,
  { adapter }: { readonly adapter: AdapterClass },
): SelectRegime =>
  adapter === 'cpu' || strided || length <= ONE_BLOCK
    ? 'split-per-invocation'
    : 'split-per-workgroup';
