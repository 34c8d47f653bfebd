import type { Orientation, Phase, Scope } from './variant';

/** Which lanes walk a row. With an axis that is not the last, they walk columns. */
export type RegimeName =
  | 'row-per-invocation'
  | 'row-per-subgroup'
  | 'row-per-workgroup'
  | 'split-per-invocation'
  | 'split-per-workgroup';

export interface Regime {
  /** Who shares a row. One alone reads it for every pass; lanes that share it hold it, where it fits. */
  readonly scope: Scope;
  /** A whole row by one group of lanes, or chunks of it by many and a merge. */
  readonly split: boolean;
}

/**
 * Quads of the longest row that has straight-line code of its own. It halves the time of a call, and
 * takes SwiftShader up to a second or two to compile; a quad of columns takes longer than one of a row.
 */
export const MAX_UNROLLED: Record<Orientation, number> = { row: 32, columns: 24 };

export const regimes: Record<RegimeName, Regime> = {
  'row-per-invocation': { scope: 'invocation', split: false },
  'row-per-subgroup': { scope: 'subgroup', split: false },
  'row-per-workgroup': { scope: 'workgroup', split: false },
  'split-per-invocation': { scope: 'invocation', split: true },
  'split-per-workgroup': { scope: 'workgroup', split: true },
};

export const regimeNames = Object.keys(regimes) as RegimeName[];

/** The dispatches of a regime, in order. */
export const phasesOf = (regime: Regime): readonly Phase[] =>
  regime.split ? ['split-partial', 'split-merge', 'split-finish'] : ['row'];
