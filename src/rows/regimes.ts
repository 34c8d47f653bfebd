import type { Orientation, Phase, Scope } from './variant';

/** Which lanes walk a row. With an axis that is not the last, they walk columns. */
export type RegimeName =
  | 'row-per-invocation'
  | 'row-per-subgroup'
  | 'row-per-workgroup'
  | 'split-per-invocation'
  | 'split-per-workgroup';

export interface Regime {
  readonly scope: Scope;
  /** A whole row by one group of lanes, or chunks of it by many and a merge. */
  readonly split: boolean;
  /** The row (or the chunk, while it is reduced) is held in registers, where it fits. */
  readonly held: boolean;
  readonly workgroupSizes: readonly number[];
  /**
   * The quads of the longest row it takes. A streamed row is 16 blocks of 64 quads a lane: no sum is
   * a long chain, and its passes stay under the 65 535 loop iterations after which llvmpipe stops an
   * invocation without a word. A held row must fit the registers.
   */
  readonly maxQuads: number;
}

/**
 * Quads a lane holds: 16 vec4s are 64 registers. A step past the row's end costs a comparison, another
 * shader a tenth of a second and more to compile.
 */
export const HELD_QUADS = [4, 8, 16] as const;

/**
 * Quads of the longest row that has straight-line code of its own. It halves the time of a call, and
 * takes SwiftShader up to a second or two to compile; a quad of columns takes longer than one of a row.
 */
export const MAX_UNROLLED: Record<Orientation, number> = { row: 32, columns: 24 };

export const regimes: Record<RegimeName, Regime> = {
  'row-per-invocation': {
    scope: 'invocation',
    split: false,
    held: false,
    workgroupSizes: [4, 64],
    maxQuads: 1024,
  },
  'row-per-subgroup': {
    scope: 'subgroup',
    split: false,
    held: true,
    workgroupSizes: [128],
    maxQuads: 4 * 1024,
  },
  'row-per-workgroup': {
    scope: 'workgroup',
    split: false,
    held: true,
    workgroupSizes: [4, 64, 256],
    maxQuads: 256 * 16,
  },
  'split-per-invocation': {
    scope: 'invocation',
    split: true,
    held: false,
    workgroupSizes: [4, 64],
    maxQuads: Number.POSITIVE_INFINITY,
  },
  'split-per-workgroup': {
    scope: 'workgroup',
    split: true,
    held: true,
    workgroupSizes: [4, 64, 256],
    maxQuads: Number.POSITIVE_INFINITY,
  },
};

export const regimeNames = Object.keys(regimes) as RegimeName[];

/** The dispatches of a regime, in order. */
export const phasesOf = (regime: Regime): readonly Phase[] =>
  regime.split ? ['split-partial', 'split-merge', 'split-finish'] : ['row'];
